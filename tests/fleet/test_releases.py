"""Releases: what was signed is installed and used whole, all else is refused with a sentence that says why."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmagentos.fleet.choice import ACTIVE
from llmagentos.fleet.container import MARK, pack
from llmagentos.fleet.manifest import MANIFEST, BadRelease, Manifest, Part, decoded
from llmagentos.fleet.releases import KEPT, Installed, Releases
from llmagentos.fleet.signing import Trust, make_keys, read_public, read_secret


class Maker:
    """Somebody with keys who packs adapters."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.name = make_keys(folder / "secret.pem", folder / "public.pem")

    def release(self, version: int, model: str = "some-model", content: str = "") -> Path:
        source = self.folder / f"source-{version}"
        (source / "more").mkdir(parents=True, exist_ok=True)
        (source / "adapter.safetensors").write_bytes(bytes(range(256)) * 4)
        (source / "more" / "card.json").write_text(content or f"version {version}", encoding="utf-8")
        file = self.folder / f"{version}.release"
        pack(source, file, read_secret(self.folder / "secret.pem"), model=model, version=version, about="new", measured={"canary": 0.9})  # fmt: skip
        return file


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path / "maker")


@pytest.fixture
def box(tmp_path: Path, maker: Maker) -> Releases:
    box = Releases(tmp_path / "box")
    box.trust.add(maker.folder / "public.pem")
    return box


def well(_: Installed) -> None:
    return None


def used(box: Releases, model: str = "some-model") -> int | None:
    found = box.active(model)
    return found.manifest.version if found else None


def test_what_is_installed_is_what_was_packed(box: Releases, maker: Maker) -> None:
    found = box.install(maker.release(1))
    assert used(box) is None  # to install is not to use
    assert (found.folder / "more" / "card.json").read_text(encoding="utf-8") == "version 1"
    assert (found.manifest.signer, found.manifest.measured) == (maker.name, {"canary": 0.9})
    box.activate(found.name, well)
    assert used(box) == 1


def test_going_back_ends_at_what_ships(box: Releases, maker: Maker) -> None:
    for version in (1, 2, 3):
        box.activate(box.install(maker.release(version)).name, well)
    assert [found.manifest.version if (found := box.back("some-model")) else None for _ in range(3)] == [2, 1, None]
    with pytest.raises(BadRelease, match="nothing to go back from"):
        box.back("some-model")


def test_what_is_not_well_is_not_used(box: Releases, maker: Maker) -> None:
    box.activate(box.install(maker.release(1)).name, well)
    second = box.install(maker.release(2))
    with pytest.raises(BadRelease, match="it understood 2 of 12"):
        box.activate(second.name, lambda _: "it understood 2 of 12 plain sentences")
    assert used(box) == 1 and len(box.all()) == 1  # what failed is gone


def test_an_older_one_is_used_only_if_meant(box: Releases, maker: Maker) -> None:
    box.activate(box.install(maker.release(5)).name, well)
    with pytest.raises(BadRelease, match="version 4, and 5 was used here; say --older"):
        box.install(maker.release(4))
    box.activate(box.install(maker.release(4), older=True).name, well, older=True)
    assert used(box) == 4


def test_what_was_left_stays_the_floor(box: Releases, maker: Maker) -> None:
    box.activate(box.install(maker.release(2)).name, well)
    third = box.install(maker.release(3))

    def slow(_: Installed) -> None:  # while one is tried, another command is faster
        box.activate(box.install(maker.release(5)).name, well)

    with pytest.raises(BadRelease, match="version 3, and 5 was used"):
        box.activate(third.name, slow)
    box.back("some-model")
    box.back("some-model")
    assert used(box) is None
    with pytest.raises(BadRelease, match="version 4, and 5 was used"):
        box.install(maker.release(4))


def test_the_choice_names_releases_and_nothing_else(box: Releases, maker: Maker, tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    bad = {"some-model": {"used": ["a", "../victim", "", "trusted", str(tmp_path / "victim"), "0" * 16], "highest": 0}}
    box.folder.mkdir(exist_ok=True)
    for version in range(1, KEPT + 2):
        (box.folder / ACTIVE).write_text(json.dumps(bad), encoding="utf-8")
        box.activate(box.install(maker.release(version)).name, well)
    assert (tmp_path / "victim").exists() and box.trust.names() == [maker.name]


def test_one_that_does_not_fit_leaves_its_place_to_the_one_before(box: Releases, maker: Maker) -> None:
    for version in (1, 2, 3):
        box.activate(box.install(maker.release(version)).name, well)

    def fits(one: Installed) -> str | None:
        return "for another program" if one.manifest.version == 3 else None

    found = box.active("some-model", fits)
    assert found is not None and found.manifest.version == 2
    assert "for another program" in box.left_aside("some-model", fits)[0]
    before = box.back("some-model", fits)
    assert before is not None and before.manifest.version == 1


def test_models_have_releases_of_their_own(box: Releases, maker: Maker) -> None:
    box.activate(box.install(maker.release(1)).name, well)
    box.activate(box.install(maker.release(2, model="another-model")).name, well)
    box.back("another-model")
    assert (used(box), used(box, "another-model")) == (1, None)


def test_strangers_and_those_no_longer_trusted_are_refused(box: Releases, maker: Maker, tmp_path: Path) -> None:
    stranger = Maker(tmp_path / "stranger")
    with pytest.raises(BadRelease, match="does not trust; if you know the maker's key: agentos models trust"):
        box.install(stranger.release(1))
    box.activate(box.install(maker.release(1)).name, well)
    assert box.trust.remove(maker.name)
    assert used(box) is None and "does not trust" in box.left_aside("some-model")[0]
    assert not box.trust.remove(maker.name)


def test_damage_on_disk_falls_back_to_what_was_before(box: Releases, maker: Maker) -> None:
    for version in (1, 2):
        box.activate(box.install(maker.release(version)).name, well)
    found = box.active("some-model")
    assert found is not None
    (found.folder / "more" / "card.json").write_text("version 3", encoding="utf-8")
    assert used(box) == 1
    assert "card.json" in box.left_aside("some-model")[0]
    assert [one if isinstance(one, str) else one.manifest.version for one in box.all()].count(1) == 1
    box.install(maker.release(2))  # installing it again mends it
    assert used(box) == 2


def test_garbage_in_the_choice_means_what_ships(box: Releases, maker: Maker) -> None:
    box.activate(box.install(maker.release(1)).name, well)
    for garbage in (
        "",
        "{",
        "[]",
        '{"some-model": 3}',
        '{"some-model": {"used": 3, "highest": 1}}',
        '{"some-model": {"used": [7], "highest": 1}}',
    ):
        (box.folder / ACTIVE).write_text(garbage, encoding="utf-8")
        assert used(box) is None
        box.activate(box.install(maker.release(1)).name, well)
        assert used(box) == 1


def test_only_so_many_are_kept(box: Releases, maker: Maker) -> None:
    for version in range(1, KEPT + 3):
        box.activate(box.install(maker.release(version)).name, well)
    assert len(box.all()) == KEPT


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_changed_byte_is_installed(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    maker, box = Maker(folder / "maker"), Releases(folder / "box")
    box.trust.add(maker.folder / "public.pem")
    whole = maker.release(1).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = data.draw(
        st.one_of(
            st.integers(1, 255).map(lambda by: whole[:at] + bytes([whole[at] ^ by]) + whole[at + 1 :]),
            st.just(whole[:at]),
            st.binary(min_size=1, max_size=50).map(lambda more: whole + more),
            st.binary(min_size=1, max_size=50).map(lambda more: whole[:at] + more + whole[at:]),
        )
    )
    (folder / "sent").write_bytes(changed)
    with pytest.raises(BadRelease):
        box.install(folder / "sent")
    assert box.all() == []


@given(st.one_of(st.binary(), st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)).map(lambda one: json.dumps(one).encode())))  # fmt: skip
def test_a_manifest_is_one_or_is_refused(data: bytes) -> None:
    with pytest.raises(BadRelease):
        decoded(data)


@pytest.mark.parametrize("path", ("../out", "/etc/passwd", "a/../b", "", "a//b", MANIFEST, ".hidden", "a\\b"))
def test_no_release_names_a_file_outside_itself(path: str) -> None:
    manifest = Manifest(model="m", version=1, signer="s", parts=(Part(path, 1, "0" * 64),))
    with pytest.raises(BadRelease, match="no release may hold"):
        decoded(manifest.encoded())


def test_a_link_is_not_packed(maker: Maker) -> None:
    source = maker.folder / "linked"
    source.mkdir()
    (source / "adapter.safetensors").symlink_to(maker.folder / "secret.pem")
    with pytest.raises(BadRelease, match="is a link"):
        pack(source, maker.folder / "x", read_secret(maker.folder / "secret.pem"), model="m", version=1, about="", measured={})  # fmt: skip


def test_keys_are_secret_and_never_overwritten(maker: Maker, tmp_path: Path) -> None:
    assert (maker.folder / "secret.pem").stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        make_keys(maker.folder / "secret.pem", tmp_path / "public.pem")
    (tmp_path / "no.pem").write_text("no key", encoding="utf-8")
    with pytest.raises(BadRelease, match="holds no secret key"):
        read_secret(tmp_path / "no.pem")
    with pytest.raises(BadRelease, match="holds no public key"):
        read_public(tmp_path / "no.pem")


def test_a_key_under_another_name_is_not_trusted(maker: Maker, tmp_path: Path) -> None:
    stranger = Maker(tmp_path / "stranger")
    trust = Trust(tmp_path / "trusted")
    trust.add(stranger.folder / "public.pem")
    (tmp_path / "trusted" / f"{stranger.name}.pem").rename(tmp_path / "trusted" / f"{maker.name}.pem")
    with pytest.raises(BadRelease, match="another one than its name says"):
        Releases(tmp_path).install(maker.release(1))


def test_what_is_no_release_is_told_so(box: Releases, tmp_path: Path) -> None:
    for content, said in ((b"", "no release"), (b"PK\x03\x04" + b"x" * 100, "no release"), (MARK, "damaged"), (MARK + b"\x00\x00\x00\x09{}", "cut off")):  # fmt: skip
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(BadRelease, match=said):
            box.install(tmp_path / "file")
