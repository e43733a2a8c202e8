"""Telling other servers what happens in conversations, and channels that others carry."""

from regulars.desk.hooks.channel import (
    WebhookCarrier,
    arrived,
    channel,
    channels,
    conversation_of,
    remove_channel,
    save_channel,
)
from regulars.desk.hooks.model import (
    ChannelHook,
    Delivery,
    DeliveryId,
    DeliveryState,
    HookEvent,
    NewWebhook,
    Webhook,
    WebhookId,
)
from regulars.desk.hooks.telling import (
    DELIVER,
    PAUSES,
    TIDY,
    deliver,
    deliveries,
    new_webhook,
    pause_webhook,
    remove_webhook,
    resume_webhook,
    send_again,
    tidy,
    webhooks,
)

__all__ = [
    "DELIVER", "PAUSES", "TIDY", "ChannelHook", "Delivery", "DeliveryId", "DeliveryState", "HookEvent", "NewWebhook",
    "Webhook", "WebhookCarrier", "WebhookId", "arrived", "channel", "channels", "conversation_of", "deliver",
    "deliveries", "new_webhook", "pause_webhook", "remove_channel", "remove_webhook", "resume_webhook", "save_channel",
    "send_again", "tidy", "webhooks",
]  # fmt: skip
