"""WhatsApp, SMS, Messenger and RCS through Twilio: what their messages can show."""
