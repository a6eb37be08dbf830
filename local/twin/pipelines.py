"""Pipelines and their stages: /crm/pipelines/{version}/{objectType}."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.twin.clock import iso
from local.twin.problems import Problem, missing_fields

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType
    from local.twin.state import Portal


@dataclass(slots=True)
class Stage:
    """A step of a pipeline."""

    id: str
    label: str
    order: int
    metadata: dict[str, str]


@dataclass(slots=True)
class Pipeline:
    """A pipeline and its stages in order."""

    id: str
    label: str
    order: int
    created_at: int
    updated_at: int
    stages: list[Stage]


# Ids differ from account to account on real portals: read them, never write them down.
_ORDER_PIPELINE = "14a2e10e-5471-408a-906e-c51f3b04369e"
_ORDER_STAGES = {
    "Open": ("4b27b500-f031-4927-9811-68a0b525cbae", "OPEN"),
    "Paid": ("937ea84d-0a4f-4dcf-9028-3f9c2aafbf03", "OPEN"),
    "Processed": ("3725360f-519b-4b18-a593-494d60a29c9f", "OPEN"),
    "Shipped": ("aa99e8d0-c1d5-4071-b915-d240bbb1aed9", "CLOSED"),
    "Cancelled": ("3c85a297-e9ce-400b-b42e-9f16853d69d6", "CLOSED"),
    "Refunded": ("bc3b0c2d-7f3e-4e1a-9d3c-5a0e8f6b2c11", "CLOSED"),
}
_DEAL_STAGES = {
    "Appointment Scheduled": ("appointmentscheduled", "0.2", "false"),
    "Qualified To Buy": ("qualifiedtobuy", "0.4", "false"),
    "Presentation Scheduled": ("presentationscheduled", "0.6", "false"),
    "Decision Maker Bought-In": ("decisionmakerboughtin", "0.8", "false"),
    "Contract Sent": ("contractsent", "0.9", "false"),
    "Closed Won": ("closedwon", "1.0", "true"),
    "Closed Lost": ("closedlost", "0.0", "true"),
}


def default_pipelines(kind: ObjectType, now: int) -> dict[str, Pipeline]:
    """Return the pipelines that every account has for the type."""
    if kind.name == "orders":
        stages = [
            Stage(id_, label, i, {"state": state})
            for i, (label, (id_, state)) in enumerate(_ORDER_STAGES.items())
        ]
        found = Pipeline(_ORDER_PIPELINE, "Order Pipeline", 0, now, now, stages)
    elif kind.name == "deals":
        stages = [
            Stage(id_, label, i, {"probability": chance, "isClosed": closed})
            for i, (label, (id_, chance, closed)) in enumerate(_DEAL_STAGES.items())
        ]
        found = Pipeline("default", "Sales Pipeline", 0, now, now, stages)
    else:
        return {}
    return {found.id: found}


def stage_body(pipeline: Pipeline, stage: Stage) -> dict[str, Any]:
    """Return a stage as HubSpot shows it."""
    return {
        "id": stage.id,
        "label": stage.label,
        "displayOrder": stage.order,
        "metadata": stage.metadata,
        "createdAt": iso(pipeline.created_at),
        "updatedAt": iso(pipeline.updated_at),
        "archived": False,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }


def pipeline_body(pipeline: Pipeline) -> dict[str, Any]:
    """Return a pipeline as HubSpot shows it."""
    return {
        "id": pipeline.id,
        "label": pipeline.label,
        "displayOrder": pipeline.order,
        "stages": [stage_body(pipeline, s) for s in pipeline.stages],
        "createdAt": iso(pipeline.created_at),
        "updatedAt": iso(pipeline.updated_at),
        "archived": False,
    }


def find(portal: Portal, kind: ObjectType, pipeline_id: str) -> Pipeline:
    """Find a pipeline, or answer 404."""
    found = portal.pipelines[kind.type_id].get(pipeline_id)
    if found is None:
        raise Problem(404, f"Pipeline {pipeline_id} does not exist", category="OBJECT_NOT_FOUND")
    return found


def create(portal: Portal, kind: ObjectType, body: dict[str, Any]) -> Pipeline:
    """Add a pipeline."""
    missing = [n for n in ("label", "displayOrder", "stages") if n not in body]
    if missing:
        raise missing_fields(missing)
    if kind.pipeline is None:
        raise Problem(400, f"Pipelines are not enabled for {kind.name}")
    now = portal.clock.now()
    id_ = body.get("pipelineId") or str(next(portal.ids))
    if id_ in portal.pipelines[kind.type_id]:
        raise Problem(409, f"Pipeline {id_} already exists", category="OBJECT_ALREADY_EXISTS")
    stages = [
        Stage(
            s.get("stageId") or str(next(portal.ids)),
            s["label"],
            s.get("displayOrder", i),
            s.get("metadata", {}),
        )
        for i, s in enumerate(body["stages"])
    ]
    found = Pipeline(id_, body["label"], body["displayOrder"], now, now, stages)
    portal.pipelines[kind.type_id][id_] = found
    return found


def add_stage(portal: Portal, pipeline: Pipeline, body: dict[str, Any]) -> Stage:
    """Add a stage to a pipeline."""
    missing = [n for n in ("label", "displayOrder", "metadata") if n not in body]
    if missing:
        raise missing_fields(missing)
    if any(s.label == body["label"] for s in pipeline.stages):
        raise Problem(400, f"A stage labelled {body['label']} already exists")
    id_ = body.get("stageId") or str(next(portal.ids))
    stage = Stage(id_, body["label"], body["displayOrder"], body["metadata"])
    pipeline.stages.append(stage)
    pipeline.stages.sort(key=lambda s: s.order)
    pipeline.updated_at = portal.clock.now()
    return stage
