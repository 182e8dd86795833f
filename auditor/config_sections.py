"""The sections of a configuration, each frozen and without unknown keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from auditor.config_faults import (
    network_faults,
)
from auditor.domain.auto_masks import parse_form
from auditor.domain.looks import LOOKS, cut_looks, default_looks
from auditor.domain.notices import Target
from auditor.domain.preprocess import Interpolation

Share = Annotated[float, Field(ge=0.0, le=1.0)]


Positive = Annotated[int, Field(ge=1)]


ChannelValues = tuple[float] | tuple[float, float, float]
"""A number for each of red, green and blue, or one for a network of grey images."""


Method = Literal[
    "gradcam",
    "gradcam++",
    "hirescam",
    "layercam",
    "xgradcam",
    "eigencam",
    "scorecam",
    "ablationcam",
]


class Section(BaseModel):
    """A frozen section that takes no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DataSection(Section):
    """[data]: what is audited."""

    path: Path
    masks: Path | None = None
    corrected_masks: Path | None = None
    split: str | None = None
    slices: tuple[str, ...] | None = None
    classes: tuple[str, ...] | Path | None = None
    mask_values: Annotated[tuple[int, ...], Field(min_length=1)] | None = None
    mask_suffix: Annotated[str, Field(min_length=1)] = "_mask"
    auto_mask: str | None = None
    mask_fit: bool = False
    near_duplicates: bool = True
    strict: bool = False
    limit: Positive | None = None
    audit: Path | None = None

    @field_validator("auto_mask")
    @classmethod
    def _known_form(cls, auto_mask: str | None) -> str | None:
        if auto_mask is not None:
            parse_form(auto_mask)
        return auto_mask


class PreprocessSection(Section):
    """[model.preprocess]: from file to network input.

    What is not given is as timm, torchvision or a folder's config.json state it for the network,
    else ImageNet's at 224 pixels.
    """

    resize: Positive | tuple[Positive, Positive] | Literal[False] | None = None
    crop: Positive | Literal[False] | None = None
    mean: ChannelValues | None = None
    std: ChannelValues | None = None
    interpolation: Interpolation | None = None

    @field_validator("std")
    @classmethod
    def _positive(cls, std: ChannelValues | None) -> ChannelValues | None:
        if std is not None and min(std) <= 0:
            raise ValueError("every std must be above 0")
        return std

    def given(self) -> dict[str, Any]:
        """The settings that are given, as fields of the domain's `Preprocess`."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            name: None if value is False else value
            for name, value in named.items()
            if value is not None
        }


class ModelSection(Section):
    """[model]: the network."""

    arch: str | None = None
    factory: str | None = None
    checkpoint: Path | None = None
    checkpoint_key: str | None = None
    strict: bool = True
    layer: str = "auto"
    output: Literal["auto", "softmax", "sigmoid", "binary", "multilabel"] = "auto"
    restrict: Literal["auto", "data", "all"] = "auto"
    preprocess: PreprocessSection = PreprocessSection()

    @model_validator(mode="after")
    def _one_network(self) -> Self:
        faults = network_faults(self.model_dump())
        if faults:
            raise ValueError("; ".join(faults))
        return self


class SaliencySection(Section):
    """[saliency]: which map, for which class.

    `random_labels`: a checkpoint of the same network trained on shuffled labels; maps have to
    differ from its maps (Adebayo et al. 2018).
    """

    method: Method = "gradcam"
    target: Literal["predicted", "label", "both"] = "predicted"
    random_labels: Path | None = None


class InterventionsSection(Section):
    """[interventions]: what is changed, on how many images."""

    enabled: bool = True
    per_class: Positive = 64
    looks: Annotated[tuple[Positive, ...], Field(min_length=1)] = LOOKS
    nominated_budget: Annotated[int, Field(ge=0)] = 256
    swaps: Positive = 3

    @model_validator(mode="before")
    @classmethod
    def _default_looks(cls, given: object) -> object:
        """Looks that nobody asked for follow `per_class`."""
        if not isinstance(given, dict) or given.get("looks") is not None:
            return given
        most = given.get("per_class", LOOKS[-1])
        known = isinstance(most, int) and most > 0
        return given | {"looks": default_looks(most) if known else LOOKS}

    @field_validator("looks", mode="before")
    @classmethod
    def _one_look(cls, looks: object) -> object:
        return (looks,) if isinstance(looks, int) and looks is not True else looks

    @field_validator("looks")
    @classmethod
    def _within(cls, looks: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        return cut_looks(looks, info.data.get("per_class", looks[-1]))


class FindingsSection(Section):
    """[findings]: how a verdict is reached (docs/science.md section 4).

    `mask_stability`: whose verdicts are recomputed under wrong masks: of classes with many
    automatic masks, of all that have masks, of none.
    """

    effect_floor: Share = 0.10
    q: Share = 0.05
    min_images: Positive = 20
    mask_stability: Literal["auto", "always", "off"] = "auto"


class RunSection(Section):
    """[run]: where and how."""

    out: Path | None = None
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["float32", "bf16", "fp16"] = "float32"
    accelerate: Literal["auto", "off", "bf16", "openvino", "compile"] = "auto"
    batch_size: Positive = 32
    workers: Annotated[int, Field(ge=0)] | None = None
    actors: Positive | None = None
    read_timeout: Annotated[float, Field(gt=0)] = 300.0
    seed: Annotated[int, Field(ge=0)] = 0
    engine: Literal["local", "ray"] = "local"


class ReportSection(Section):
    """[report]."""

    images: bool = True


class NotifySection(Section):
    """[notify]: who hears of a scheduled audit, and when."""

    targets: tuple[str, ...] = ()
    on: Literal["change", "always"] = "change"

    @field_validator("targets")
    @classmethod
    def _addresses(cls, targets: tuple[str, ...]) -> tuple[str, ...]:
        for target in targets:
            Target.parse(target)
        return targets


class GateSection(Section):
    """[gate]: limits that `auditor gate` holds a run to; None is no limit."""

    max_confirmed: Annotated[int, Field(ge=0)] | None = None
    max_undetermined: Annotated[int, Field(ge=0)] | None = None
    max_shortcut_rate: Share | None = None
    min_worst_group: Share | None = None
