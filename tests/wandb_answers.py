"""What a stand-in for the server of W&B holds and answers: one method for each GraphQL operation that segaug needs."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

ME = "me"  # the only entity, and the user
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


class Answers:
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
            raise web.HTTPForbidden(text=errors(f"permission denied to upsert runs of {entity}"))
        if name in self.server.deleted:
            problem = f"run {entity}/{project}/{name} was previously created and deleted; try a new run name"
            raise web.HTTPConflict(text=errors(problem))
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

    def ProjectInternalId(self, _: Json) -> Json:
        return {"project": {"internalId": "1"}}

    def GetProjects(self, _: Json) -> Json:
        names = {project for project, _ in self.server.runs}
        facts = {"entityName": ME, "createdAt": "", "isBenchmark": False, "user": None}
        edges = [{"node": {"id": name, "name": name, **facts}, "cursor": ""} for name in sorted(names)]
        return {"models": {"edges": edges, "pageInfo": {"endCursor": None, "hasNextPage": False}}}

    def UpsertView2(self, asked: Json) -> Json:
        views = self.server.views
        known = next((view for view in views if view["id"] == asked.get("id")), None)
        if known is None:
            known = {"id": base64.b64encode(f"View:{len(self.server.asked)}".encode()).decode()}
            views.append(known)
        known.update({**asked, "id": known["id"]})
        project = {"id": "p", "name": known["projectName"], "entityName": ME}
        return {"upsertView": {"view": {**_shown(known), "project": project}, "inserted": "id" not in asked}}

    upsertView = UpsertView2

    def View(self, asked: Json) -> Json:
        edges = [{"node": _shown(view)} for view in self.server.views if view["name"] == asked["viewName"]]
        return {"project": {"allViews": {"edges": edges}}}

    def SpecificReport(self, asked: Json) -> Json:
        found = [view for view in self.server.views if view["id"] == asked["reportId"]]
        project = {"id": "p", "name": found[0]["projectName"], "entityName": ME} if found else None
        return {"view": {**_shown(found[0]), "project": project} if found else None}


def _shown(view: Json) -> Json:
    times = dict.fromkeys(("createdAt", "updatedAt"), "2026-01-01T00:00:00Z")
    return {key: view[key] for key in ("id", "name", "displayName", "spec")} | {"description": "", **times}


def errors(problem: str) -> str:
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
