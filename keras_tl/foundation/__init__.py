"""What every room needs: argument checks, whole files, tables, progress."""
