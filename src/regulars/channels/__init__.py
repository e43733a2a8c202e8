"""Transport only: mail and webhooks. A channel knows no person and no conversation; it carries, and says what came."""
