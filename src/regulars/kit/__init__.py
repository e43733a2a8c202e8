"""What every room may use: clock, ids, errors, the event bus, text, languages, the condition tree."""
