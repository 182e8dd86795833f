"""Messages to people: by webhook or by mail, with a few tries, never with a secret in a log."""

from auditor.notification.delivery import deliver, notifier_for

__all__ = ["deliver", "notifier_for"]
