"""What every room may use: clock, ids, errors, the event bus, text, money, languages, the condition tree."""
