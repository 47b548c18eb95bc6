"""Dapr workflows: the runtime of the SDK, with activities on the app's own event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import grpc
from dapr.ext.workflow import DaprWorkflowClient, WorkflowRuntime

from finnest.errors import Unavailable
from finnest.feature import Workflow
from finnest.ports import Processes

ACTIVITY_S = 60.0


class DaprProcesses(Processes):
    """Starts and signals workflows of this app through the sidecar's gRPC port."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._client: DaprWorkflowClient | None = None

    async def start(self, workflow: str, instance: str, argument: dict[str, Any]) -> None:
        def schedule() -> None:
            try:
                self._connected().schedule_new_workflow(
                    workflow, input=json.dumps(argument), instance_id=instance
                )
            except grpc.RpcError as error:
                if _code(error) is not grpc.StatusCode.ALREADY_EXISTS and not self._exists(instance):
                    raise Unavailable("workflows-away", "the workflow did not start") from error

        await asyncio.to_thread(schedule)

    async def tell(self, workflow: str, instance: str, event: str, fact: dict[str, Any]) -> bool:
        def tell() -> bool:
            try:
                if not self._runs(instance):
                    return False
                self._connected().raise_workflow_event(instance, event, data=json.dumps(fact))
            except grpc.RpcError as error:
                if _code(error) is grpc.StatusCode.NOT_FOUND or not self._exists(instance):
                    return False
                raise Unavailable("workflows-away", "the workflow was not told") from error
            return True

        return await asyncio.to_thread(tell)

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()

    def _connected(self) -> DaprWorkflowClient:
        if self._client is None:
            self._client = DaprWorkflowClient(host="127.0.0.1", port=str(self._port))
        return self._client

    def _exists(self, instance: str) -> bool:
        try:
            return self._connected().get_workflow_state(instance, fetch_payloads=False) is not None
        except grpc.RpcError:
            return False

    def _runs(self, instance: str) -> bool:
        state = self._connected().get_workflow_state(instance, fetch_payloads=False)
        return state is not None and state.runtime_status.name in ("RUNNING", "PENDING")


class Worker:
    """Runs the workflows of the features of this process; stop it before the sidecar stops."""

    def __init__(self, port: int, workflows: Sequence[Workflow]) -> None:
        self._runtime = WorkflowRuntime(host="127.0.0.1", port=str(port))
        self._loop = asyncio.get_running_loop()
        for workflow in workflows:
            self._runtime.register_workflow(workflow.body, name=workflow.name)
            for activity in workflow.activities:
                self._runtime.register_activity(self._on_loop(activity), name=activity.__name__)

    def start(self) -> None:
        """Begin to take work."""
        self._runtime.start()

    def stop(self) -> None:
        """Finish; blocks until the worker's thread has ended."""
        self._runtime.shutdown()

    def _on_loop(
        self, activity: Callable[[dict[str, Any]], Coroutine[Any, Any, Any]]
    ) -> Callable[..., Awaitable[str]]:
        """Return the activity so that it runs on the app's loop, where its clients live."""

        async def run(_: Any, argument: str) -> str:
            future = asyncio.run_coroutine_threadsafe(activity(json.loads(argument)), self._loop)
            return json.dumps(await asyncio.wait_for(asyncio.wrap_future(future), ACTIVITY_S))

        return run


def _code(error: grpc.RpcError) -> grpc.StatusCode | None:
    return error.code() if isinstance(error, grpc.Call) else None
