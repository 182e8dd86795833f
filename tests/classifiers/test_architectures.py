"""Architectures of many families: each is built, a layer is found, and there is a map."""

from __future__ import annotations

import pytest
import torch

from auditor.classifiers.architectures import build, known_architectures
from auditor.saliency.api import grad_cam

TORCHVISION = {
    64: "alexnet convnext_tiny densenet121 efficientnet_b0 efficientnet_v2_s googlenet mnasnet0_5 "
    "mobilenet_v2 mobilenet_v3_large mobilenet_v3_small regnet_x_400mf regnet_y_400mf resnet18 "
    "resnet50 resnext50_32x4d shufflenet_v2_x0_5 squeezenet1_0 squeezenet1_1 swin_t swin_v2_t "
    "vgg11_bn vit_b_32",
    96: "inception_v3",
    224: "maxvit_t",
}
TIMM = {
    64: "beit_base_patch16_224 cait_xxs24_224 caformer_s18 convformer_s18 convnext_atto "
    "convnextv2_atto convnext_femto cspresnet50 darknetaa53 davit_tiny dla34 regnetx_004 "
    "deit_tiny_distilled_patch16_224 "
    "dpn48b eca_nfnet_l0 ecaresnet26t edgenext_xx_small efficientformerv2_s0 efficientnet_lite0 "
    "efficientvit_b0 efficientvit_m0 ese_vovnet19b_dw fasternet_t0 fastvit_t8 focalnet_tiny_srf "
    "ghostnet_100 gmlp_ti16_224 hardcorenas_a hgnet_tiny hrnet_w18_small lcnet_050 levit_128s "
    "mambaout_femto mixer_s32_224 mixnet_s mobilenetv3_small_050 mobilenetv4_conv_small "
    "mobileone_s0 mobilevit_xxs mobilevitv2_050 nextvit_small pit_ti_224 poolformer_s12 "
    "poolformerv2_s12 pvt_v2_b0 rdnet_tiny regnetx_002 regnety_002 repghostnet_050 repvgg_a0 "
    "repvit_m0_9 res2net50_14w_8s resmlp_12_224 resnet10t resnext26ts rexnet_100 selecsls42b "
    "sequencer2d_s seresnet18 shvit_s1 skresnet18 starnet_s1 swin_tiny_patch4_window7_224 "
    "tf_efficientnet_b0 tresnet_m twins_svt_small visformer_tiny vit_small_patch16_dinov3 "
    "vit_tiny_patch16_224 xception41 xcit_nano_12_p16_224",
    96: "inception_v4",
    224: "coat_tiny tiny_vit_5m_224 tnt_s_patch16_224",
    240: "crossvit_tiny_240",
}
ALL = [(name, size) for size, names in TORCHVISION.items() for name in names.split()]
ALL += [(f"timm:{name}", size) for size, names in TIMM.items() for name in names.split()]
FIRST = ("resnet18", "vit_b_32", "timm:convnext_atto", "timm:vit_tiny_patch16_224")


def marked(name: str, size: int) -> object:
    marks = () if name in FIRST else (pytest.mark.slow,)
    return pytest.param(name, size, id=name, marks=marks)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("arch", "size"), [marked(*each) for each in ALL])
def test_an_architecture_has_a_layer_and_a_map(arch: str, size: int) -> None:
    torch.manual_seed(0)
    network = build(arch, 3, (size, size))
    images = torch.randn(2, 3, size, size)
    found = grad_cam(network, images, targets=1)
    assert found.layer in dict(network.named_modules())
    height, width = found.maps.shape[1:]
    assert 1 < height * width <= size * size / 4
    assert bool(torch.isfinite(found.maps).all())
    assert found.logits.shape == (2, 3)


def test_there_are_at_least_sixty_of_both_libraries() -> None:
    import timm

    assert len(ALL) == len(set(ALL)) >= 100
    assert {name for name, _ in ALL if ":" not in name} <= set(known_architectures())
    assert {n.removeprefix("timm:") for n, _ in ALL if ":" in n} <= set(timm.list_models())
