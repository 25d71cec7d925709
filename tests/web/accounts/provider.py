"""A small OpenID Connect provider on 127.0.0.1, strict about what a client must send."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

CLIENT, SECRET = "regulars", "planted-client-secret-of-the-provider"


@dataclass
class Provider:
    """``claims`` is who signs in next."""

    issuer: str
    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    wrong_audience: bool = False

    def authorize(self, address: str) -> str:
        """What the browser would do: visits ``address``, signs in, comes back. Gives the way back."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("client_secret") != SECRET or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if challenge.decode() != asked["code_challenge"]:
            return None
        told = {
            "iss": self.issuer, "aud": "another" if self.wrong_audience else CLIENT, "iat": int(time.time()),
            "exp": int(time.time()) + 60, **self.claims,
        }  # fmt: skip
        signed = jwt.encode(told, "k" * 32, "HS256")
        return {"access_token": "planted-access-token", "token_type": "Bearer", "expires_in": 60, "id_token": signed}


def serve() -> tuple[Provider, ThreadingHTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/.well-known/openid-configuration":
                self._answer(
                    {"issuer": provider.issuer, "authorization_endpoint": f"{provider.issuer}/authorize",
                     "token_endpoint": f"{provider.issuer}/token", "userinfo_endpoint": f"{provider.issuer}/userinfo",
                     "jwks_uri": f"{provider.issuer}/jwks",
                     "token_endpoint_auth_methods_supported": ["client_secret_post"]}
                )  # fmt: skip
            elif path == "/userinfo" and self.headers.get("Authorization") == "Bearer planted-access-token":
                self._answer(provider.claims)
            else:
                self._answer({}, 401)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            told = provider.token({k: v[0] for k, v in parse_qs(body).items()})
            self._answer(told or {"error": "invalid_grant"}, 200 if told else 400)

        def _answer(self, content: Any, status: int = 200) -> None:
            raw = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return provider, server
