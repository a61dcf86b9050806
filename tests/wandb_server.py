"""A stand-in for the server of W&B: real clients write to it and read from it, on this machine and in memory.

It knows what segaug makes clients ask (`_Answers`: one method a GraphQL operation), and can be a bad server (`mode`).
What it cannot show: limits, rights and delays of the real service.
"""

import asyncio
import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

ME = "me"  # the only entity, and the user
KEY = "0123456789" * 4
Json = dict[str, Any]


@dataclass
class RemoteRun:
    """A run as the server holds it."""

    name: str  # its id, to users
    project: str
    config: Json = field(default_factory=dict)
    summary: Json = field(default_factory=dict)
    history: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    facts: Json = field(default_factory=dict)  # displayName, group, jobType, tags
    state: str = "running"

    @property
    def values(self) -> Json:
        """The configuration as users see it."""
        return {key: entry["value"] for key, entry in self.config.items() if key != "_wandb"}


@dataclass
class WandbServer:
    """What was stored and asked, and how the server behaves: `mode` and `count` may be changed at any time."""

    url: str = ""
    mode: str = "ok"  # ok | limited: 429 for the next `count` requests | broken: 500 | uploads_broken | slow
    count: int = 0
    delay_s: float = 0.0  # of each answer, where slow
    runs: dict[tuple[str, str], RemoteRun] = field(default_factory=dict)  # by project and id
    deleted: set[str] = field(default_factory=set)  # ids that W&B never gives out again
    views: list[Json] = field(default_factory=list)  # workspaces and reports
    asked: list[str] = field(default_factory=list)  # operations and paths

    def writes(self) -> int:
        """How often a run was begun or updated."""
        return self.asked.count("UpsertBucket")

    def of(self, project: str, job_type: str) -> list[RemoteRun]:
        """Runs of a project."""
        found = (run for (name, _), run in self.runs.items() if name == project)
        return [run for run in found if run.facts.get("jobType") == job_type]


class _Answers:
    """Data of each GraphQL operation, by its name."""

    def __init__(self, server: WandbServer) -> None:
        self.server = server

    def Viewer(self, _: Json) -> Json:
        return {"viewer": {"id": "u", "entity": ME, "username": ME, "name": ME, "flags": "{}", "teams": {"edges": []}}}

    def GetDefaultEntity(self, _: Json) -> Json:
        return {"viewer": {"id": "u", "entity": ME, "defaultEntity": {"name": ME}}}

    def ServerFeaturesQuery(self, _: Json) -> Json:
        return {"serverInfo": {"features": []}}

    def UpsertBucket(self, asked: Json) -> Json:
        entity, project, name = asked.get("entity") or ME, asked.get("project") or "uncategorized", asked["name"]
        if entity != ME:
            raise web.HTTPForbidden(text=_errors(f"permission denied to upsert runs of {entity}"))
        if name in self.server.deleted:
            problem = f"run {entity}/{project}/{name} was previously created and deleted; try a new run name"
            raise web.HTTPConflict(text=_errors(problem))
        new = (project, name) not in self.server.runs
        run = self.server.runs.setdefault((project, name), RemoteRun(name, project))
        if asked.get("config"):
            run.config = json.loads(asked["config"])
        names = {"groupName": "group", "jobType": "jobType", "displayName": "displayName", "tags": "tags"}
        run.facts |= {fact: asked[key] for key, fact in names.items() if asked.get(key)}
        return {"upsertBucket": {"bucket": _bucket(run), "inserted": new}}

    def RunResumeStatus(self, asked: Json) -> Json:
        run = self.server.runs.get((asked["project"], asked["name"]))
        counts = {"logLineCount": 0, "eventsLineCount": 0, "eventsTail": "[]", "wandbConfig": json.dumps({"t": 1})}
        tail = run and {"historyTail": json.dumps([json.dumps(row) for row in run.history[-1:]])}
        bucket = run and {**_node(run), **counts, **tail}
        return {"model": {"id": "p", "name": asked["project"], "entity": {"id": "e", "name": ME}, "bucket": bucket}}

    def CreateRunFiles(self, asked: Json) -> Json:
        folder = f"{self.server.url}/storage/{asked['project']}/{asked['run']}"
        files = [{"name": name, "uploadUrl": f"{folder}/{name}"} for name in asked["files"]]
        return {"createRunFiles": {"runID": "r", "uploadHeaders": [], "files": files}}

    def Runs(self, asked: Json) -> Json:
        wanted = json.loads(asked.get("filters") or "{}")
        found = [run for (project, _), run in self.server.runs.items() if project == asked["project"]]
        if asked.get("entity", ME) != ME or not found:
            return {"project": None}
        found = [run for run in found if _matches(run, wanted)]
        first, size = int(asked.get("cursor") or 0), int(asked.get("perPage") or 50)
        edges = [{"node": _node(run), "cursor": str(first + i + 1)} for i, run in enumerate(found[first:][:size])]
        page = {"endCursor": str(first + len(edges)), "hasNextPage": first + size < len(found)}
        runs = {"totalCount": len(found), "edges": edges, "pageInfo": page}
        return {"project": {"internalId": "1", "runCount": len(found), "readOnly": False, "runs": runs}}

    def Run(self, asked: Json) -> Json:
        run = self.server.runs.get((asked["project"], asked["name"]))
        return {"project": {"internalId": "1", "run": run and _node(run)}}

    def RunFiles(self, asked: Json) -> Json:
        run = self.server.runs[asked["project"], asked["name"]]
        files = {name: data for name, data in run.files.items() if not asked["fileNames"] or name in asked["fileNames"]}
        edges = [{"node": self._file(run, name, data), "cursor": name} for name, data in files.items()]
        page = {"endCursor": None, "hasNextPage": False}
        found = {"fileCount": len(run.files), "files": {"edges": edges, "pageInfo": page}}
        return {"project": {"internalId": "1", "run": found}}

    def _file(self, run: RemoteRun, name: str, data: bytes) -> Json:
        url = f"{self.server.url}/storage/{run.project}/{run.name}/{name}"
        md5 = base64.b64encode(hashlib.md5(data).digest()).decode()
        facts = {"sizeBytes": len(data), "mimetype": "", "updatedAt": None, "md5": md5}
        return {"id": name, "name": name, "url": url, "directUrl": url, **facts}

    def RunFullHistory(self, asked: Json) -> Json:
        run = self.server.runs[asked["project"], asked["name"]]
        return {"project": {"run": {"history": [json.dumps(row) for row in run.history]}}}

    def ArtifactType(self, _: Json) -> Json:
        return {"project": {"artifact": None}}

    def CreateArtifact(self, _: Json) -> Json:
        artifact = {"id": "a", "state": "COMMITTED", "artifactSequence": {"id": "s", "latestArtifact": None}}
        return {"createArtifact": {"artifact": artifact}}


def _errors(problem: str) -> str:
    return json.dumps({"errors": [{"message": problem}], "data": None})


def _matches(run: RemoteRun, wanted: Json) -> bool:
    """Equality and $in on configuration values and facts: what segaug asks for, of MongoDB's language."""

    def holds(key: str, value: Any) -> bool:
        if key == "$and":
            return all(_matches(run, part) for part in value)
        found = run.values.get(key.removeprefix("config.")) if key.startswith("config.") else run.facts.get(key)
        return found in value["$in"] if isinstance(value, dict) else found == value

    return all(holds(key, value) for key, value in wanted.items())


def _bucket(run: RemoteRun) -> Json:
    project = {"id": "p", "name": run.project, "entity": {"id": "e", "name": ME}}
    return {**_node(run), "description": None, "sweepName": None, "project": project}


def _node(run: RemoteRun) -> Json:
    nothing = dict.fromkeys(("description", "notes", "commit", "sweep", "sweepName", "heartbeatAt", "runInfo"))
    facts = {"displayName": run.name, "tags": [], "group": None, "jobType": None, **run.facts, "state": run.state}
    counts = {"historyLineCount": len(run.history), "historyKeys": {"keys": {}, "lastStep": len(run.history) - 1}}
    user = {"user": {"name": ME, "username": ME}, "readOnly": False, "createdAt": "2026-01-01T00:00:00Z"}
    values = {"config": json.dumps(run.config), "summaryMetrics": json.dumps(run.summary), "systemMetrics": "{}"}
    return {"id": run.name, "name": run.name, "projectId": "1", **nothing, **facts, **counts, **user, **values}


class _Handlers:
    """HTTP around the answers."""

    def __init__(self, server: WandbServer) -> None:
        self.server, self.answers = server, _Answers(server)

    async def graphql(self, request: web.Request) -> web.Response:
        asked = await request.json()
        (operation,) = re.findall(r"(?:query|mutation)\s+(\w+)", asked["query"])[:1]
        self.server.asked.append(operation)
        answer = getattr(self.answers, operation, None)
        if answer is None:
            raise web.HTTPBadRequest(text=_errors(f"this stand-in knows no {operation}"))
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
