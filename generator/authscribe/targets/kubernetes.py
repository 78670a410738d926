"""Plan manifests of Kubernetes: a Secret, a ConfigMap for the parameters, and two examples of Pods that read them.

One Pod reads variables (`envFrom`), the other one a mounted folder. The examples name variables and files one by one
only where a definition spells them otherwise than the keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from authscribe.encoders.language import Language
from authscribe.encoders.shell import is_variable_safe
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.name_kinds import NameKind
from authscribe.model.target_options import KubernetesOptions
from authscribe.targets.plan import KUBERNETES, PLACEHOLDER, PlannedFile, TargetPlan, plan_nothing
from authscribe.targets.stubs import Stub, StubSetting, list_stubs


class DataEntry(NamedTuple):
    """Key of an object with its value."""

    key: str
    comment: str
    value: str


class DataObject(NamedTuple):
    """Secret or ConfigMap."""

    heading: str
    name: str
    namespace: str | None
    entries: tuple[DataEntry, ...]


class Reference(NamedTuple):
    """Key of an object, and the variable or file that it becomes."""

    name: str
    key: str


class ObjectReference(NamedTuple):
    """Object that a Pod reads; the references are empty if its keys are the variables, or the files."""

    kind: str
    variables: tuple[Reference, ...]
    files: tuple[Reference, ...]


class PodExample(NamedTuple):
    """Pod that reads objects of one name."""

    heading: str
    name: str
    namespace: str | None
    image: str
    folder: str
    objects: tuple[ObjectReference, ...]

    @property
    def has_variables(self) -> bool:
        """Return whether any variable is not a key."""
        return any(each.variables for each in self.objects)


def _plan_definition(catalogue: Catalogue, definition: Scheme | Connector) -> Iterator[PlannedFile]:
    options = catalogue.options.kubernetes
    for stub in list_stubs(catalogue, definition):
        plan = partial(plan_manifest, KUBERNETES, stub)
        if stub.deployed:
            yield plan("secret", _build_data_object(stub, "Secrets", stub.deployed, options.namespace))
        yield from plan_config_map(KUBERNETES, stub, options.namespace)
        pod = _build_pod(stub, options)
        from_env = f"In the container, {stub.deployed_class}.from_env"
        yield plan("env-from", pod._replace(heading=f"{from_env}() reads the variables."))
        heading = f'{from_env}(secrets_dir="{pod.folder}") reads the files.'
        yield plan("mounted", pod._replace(heading=heading))


KUBERNETES_PLAN: Final = TargetPlan(plan_nothing, _plan_definition, _plan_definition)
"""Plan of up to four manifests for each scheme, and for each method of each connector."""


def plan_manifest(target: str, stub: Stub, name: str, view: object, folder: str = KUBERNETES) -> PlannedFile:
    """Return a manifest of a target; `folder` has its template."""
    path, template = f"{target}/{stub.folder}/{name}.yaml", f"{folder}/{name}.yaml.jinja"
    return PlannedFile(path, target, Language.YAML, view, template, stub.spelling.definition.id)


def plan_config_map(target: str, stub: Stub, namespace: str | None) -> Iterator[PlannedFile]:
    """Yield the manifest with the parameters, if there are any."""
    if stub.parameters:
        view = _build_data_object(stub, "Parameters", stub.parameters, namespace)
        yield plan_manifest(target, stub, "config-map", view)


def _build_data_object(stub: Stub, noun: str, settings: Iterable[StubSetting], namespace: str | None) -> DataObject:
    return DataObject(
        heading=f"{noun} of {stub.title}, for {stub.deployed_class}.",
        name=stub.spelling.kubernetes_object,
        namespace=namespace,
        entries=tuple(
            DataEntry(stub.spell(NameKind.KUBERNETES, each), each.comment, each.choose_value(_is_mountable))
            for each in settings
        ),
    )


def _is_mountable(text: str) -> bool:
    """Return whether variables and files preserve a value; those who read files remove what is around it."""
    return is_variable_safe(text) and text == text.strip() and "\r" not in text


def _build_pod(stub: Stub, options: KubernetesOptions) -> PodExample:
    name = stub.spelling.kubernetes_object
    settings = {"secret": stub.deployed, "configMap": stub.parameters}
    return PodExample(
        heading="",
        name=name,
        namespace=options.namespace,
        image=PLACEHOLDER,
        folder=f"{options.mount_path.rstrip('/')}/{name}",
        objects=tuple(_refer_to_object(stub, kind, each) for kind, each in settings.items() if each),
    )


def _refer_to_object(stub: Stub, kind: str, settings: Sequence[StubSetting]) -> ObjectReference:
    variables = _refer_to_keys(stub, NameKind.ENV, settings)
    files = _refer_to_keys(stub, NameKind.FILE, settings)
    differing = tuple(reference for reference in variables if reference.name != reference.key)
    return ObjectReference(kind, differing, files if any(each.name != each.key for each in files) else ())


def _refer_to_keys(stub: Stub, kind: NameKind, settings: Sequence[StubSetting]) -> tuple[Reference, ...]:
    return tuple(Reference(stub.spell(kind, each), stub.spell(NameKind.KUBERNETES, each)) for each in settings)
