"""What a search shows: tables while it runs, pictures and a report when it is over."""
