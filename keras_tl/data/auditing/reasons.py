"""Why a picture is set aside, in words for the person who took it."""


class UnusableError(Exception):
    """A picture cannot be used; the message is the reason."""
