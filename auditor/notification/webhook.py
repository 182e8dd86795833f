"""A POST of JSON to an address."""

from __future__ import annotations

import hashlib
import hmac
import json
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from auditor.domain.errors import NotificationError
from auditor.domain.notices import Notice

SIGNATURE = "X-Auditor-Signature-256"
DELIVERY = "X-Auditor-Delivery"
TIMEOUT_SECONDS = 10.0
TOO_MANY = 429
SERVER_FAULT = 500


class Webhook:
    """A `Notifier` that posts `notice.data` as JSON. Redirects are not followed.

    Args:
        address: http or https.
        label: the address as messages may show it.
        secret: signs the body with HMAC-SHA256 if given.
    """

    def __init__(
        self,
        address: str,
        *,
        label: str,
        secret: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._address = address
        self._label = label
        self._secret = secret
        self._timeout = timeout

    def send(self, notice: Notice) -> None:
        """Post it; any 2xx answer is delivery.

        Raises:
            NotificationError: no answer, or another one.
        """
        body = json.dumps(dict(notice.data), ensure_ascii=False, allow_nan=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "shortcut-auditor",
            DELIVERY: notice.id,
        }
        if self._secret:
            headers[SIGNATURE] = signature(body, self._secret)
        request = Request(self._address, data=body, headers=headers, method="POST")  # noqa: S310 - http or https, by Target
        try:
            with build_opener(_NoRedirect()).open(request, timeout=self._timeout):
                return
        except HTTPError as error:
            error.close()
            again = error.code == TOO_MANY or error.code >= SERVER_FAULT
            raise self._failure(f"it answered {error.code}", again=again) from None
        except URLError as error:
            raise self._failure(str(error.reason), again=True) from None
        except (OSError, HTTPException, ValueError) as error:
            raise self._failure(str(error) or type(error).__name__, again=True) from None

    def _failure(self, got: str, *, again: bool) -> NotificationError:
        return NotificationError(
            f"The webhook {self._label} did not take the message.",
            code="notify.webhook_refused",
            expected="an answer of 2xx within a few seconds",
            got=got.replace(self._address, self._label),
            remedy="check the address and that the receiver runs",
            again=again,
        )


def signature(body: bytes, secret: str) -> str:
    """What a receiver compares with the header X-Auditor-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class _NoRedirect(HTTPRedirectHandler):
    """A message goes where the user sent it and nowhere else: a redirect is an answer of 3xx."""

    def redirect_request(self, *_request: object, **_more: object) -> None:
        """Never another request."""
