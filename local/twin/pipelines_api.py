"""The endpoints of pipelines and their stages."""

from __future__ import annotations

from local.twin import pipelines
from local.twin.call import Answer, Call
from local.twin.problems import Problem


def list_all(call: Call) -> Answer:
    """List a type's pipelines with their stages."""
    found = call.portal.pipelines[call.kind().type_id].values()
    return Answer(200, {"results": [pipelines.pipeline_body(p) for p in found]})


def create(call: Call) -> Answer:
    """Add a pipeline."""
    found = pipelines.create(call.portal, call.kind(), call.fields())
    return Answer(201, pipelines.pipeline_body(found))


def read(call: Call) -> Answer:
    """Read one pipeline."""
    found = pipelines.find(call.portal, call.kind(), call.path["pipelineId"])
    return Answer(200, pipelines.pipeline_body(found))


def list_stages(call: Call) -> Answer:
    """List a pipeline's stages."""
    found = pipelines.find(call.portal, call.kind(), call.path["pipelineId"])
    return Answer(200, {"results": [pipelines.stage_body(found, s) for s in found.stages]})


def create_stage(call: Call) -> Answer:
    """Add a stage."""
    found = pipelines.find(call.portal, call.kind(), call.path["pipelineId"])
    stage = pipelines.add_stage(call.portal, found, call.fields())
    return Answer(201, pipelines.stage_body(found, stage))


def read_stage(call: Call) -> Answer:
    """Read one stage."""
    found = pipelines.find(call.portal, call.kind(), call.path["pipelineId"])
    for stage in found.stages:
        if stage.id == call.path["stageId"]:
            return Answer(200, pipelines.stage_body(found, stage))
    raise Problem(404, f"Stage {call.path['stageId']} does not exist", "OBJECT_NOT_FOUND")
