"""The sections of a report, one a file: what each says as plain data, and how it is drawn."""
