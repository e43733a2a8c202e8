"""Ready answers, and suggestions of what to answer."""
