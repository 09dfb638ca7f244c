"""The error of an export that is not what it should be."""


class ExportError(RuntimeError):
    """An export does not do what the model does, or cannot be made."""
