"""A stand-in for the server of W&B: real clients write to it and read from it, on this machine and in memory.

It knows what segaug makes clients ask (`wandb_answers.py`), and can be a bad server (`mode`).
What it cannot show: limits, rights and delays of the real service.
"""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.wandb_answers import Answers, WandbServer, errors

KEY = "0123456789" * 4


class _Handlers:
    """HTTP around the answers."""

    def __init__(self, server: WandbServer) -> None:
        self.server, self.answers = server, Answers(server)

    async def graphql(self, request: web.Request) -> web.Response:
        asked = await request.json()
        (operation,) = re.findall(r"(?:query|mutation)\s+(\w+)", asked["query"])[:1]
        self.server.asked.append(operation)
        answer = getattr(self.answers, operation, None)
        if answer is None:
            raise web.HTTPBadRequest(text=errors(f"this stand-in knows no {operation}"))
        return web.json_response({"data": answer(asked.get("variables") or {})})

    async def file_stream(self, request: web.Request) -> web.Response:
        run = self.server.runs[request.match_info["project"], request.match_info["run"]]
        asked = await request.json()
        files = asked.get("files") or {}
        if rows := files.get("wandb-history.jsonl"):
            run.history[rows.get("offset", 0) :] = [json.loads(row) for row in rows["content"]]
        if rows := files.get("wandb-summary.json"):
            run.summary = json.loads(rows["content"][-1])
        if asked.get("complete"):
            run.state = "failed" if asked.get("exitcode") else "finished"
        elif files:
            run.state = "running"
        return web.json_response({"exitcode": None, "limits": {}})

    async def upload(self, request: web.Request) -> web.Response:
        run = self.server.runs[request.match_info["project"], request.match_info["run"]]
        run.files[request.match_info["name"]] = await request.read()
        return web.Response()

    async def download(self, request: web.Request) -> web.Response:
        run = self.server.runs[request.match_info["project"], request.match_info["run"]]
        return web.Response(body=run.files[request.match_info["name"]])

    async def telemetry(self, _: web.Request) -> web.Response:
        return web.Response()

    @web.middleware
    async def misbehave(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path.startswith("/sdk/otel"):
            return await handler(request)
        self.server.asked.append(f"{request.method} {request.path}")
        if self.server.mode == "limited" and self.server.count > 0:
            self.server.count -= 1
            raise web.HTTPTooManyRequests(headers={"Retry-After": "0"})
        if self.server.mode == "broken" or (self.server.mode == "uploads_broken" and request.method == "PUT"):
            raise web.HTTPInternalServerError
        if self.server.mode == "slow":
            await asyncio.sleep(self.server.delay_s)
        return await handler(request)


@contextmanager
def serving(server: WandbServer) -> Iterator[WandbServer]:
    """Answer on a free port of the loopback device, from a thread of its own."""
    handlers, ready, loop = _Handlers(server), threading.Event(), asyncio.new_event_loop()
    app = web.Application(client_max_size=2**28, middlewares=[handlers.misbehave])
    app.router.add_post("/graphql", handlers.graphql)
    app.router.add_post("/files/{entity}/{project}/{run}/file_stream", handlers.file_stream)
    app.router.add_put("/storage/{project}/{run}/{name:.*}", handlers.upload)
    app.router.add_get("/storage/{project}/{run}/{name:.*}", handlers.download)
    app.router.add_route("*", "/sdk/otel/{rest:.*}", handlers.telemetry)
    runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def begin() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        server.url = f"http://{host}:{port}"
        ready.set()

    def serve() -> None:
        loop.run_until_complete(begin())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@contextmanager
def account(url: str, home: Path) -> Iterator[None]:
    """Point W&B's clients, those of child processes too, to a server, with a key and a home folder of its own."""
    settings = {"WANDB_BASE_URL": url, "WANDB_API_KEY": KEY, "HOME": str(home)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        for name in ("WANDB_MODE", "WANDB_PROJECT", "WANDB_ENTITY", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            patch.delenv(name, raising=False)
        yield
