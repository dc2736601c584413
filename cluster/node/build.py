"""Builds the node image: a machine that boots systemd, with Kubernetes inside and its control plane's images."""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
import tempfile
from pathlib import Path

from cluster.binaries import build as binaries
from cluster.binaries import catalog
from cluster.errors import BuildFailed, CommandFailed
from cluster.hashing import folder_digest
from cluster.images import build as images
from cluster.images.spec import find
from cluster.images.tags import references_of
from cluster.lab import Lab
from cluster.node import upstream
from cluster.node.store import commit, import_images, machine
from cluster.process import run
from cluster.progress import Progress

REPOSITORY = "firedrill/node"

#: counted up when this module makes another image from the same inputs
_RECIPE = "1"
_KUBERNETES = ("kubeadm", "kubelet", "kubectl")
_RUNTIME = ("containerd", "containerd-shim-runc-v2", "ctr")
#: part of the control plane, as kubeadm names its image → the programs in it, the first of which it starts
_COMPONENTS = {
    "kube-apiserver": ("kube-apiserver",),
    "kube-controller-manager": ("kube-controller-manager",),
    "kube-scheduler": ("kube-scheduler",),
    "etcd": ("etcd", "etcdctl", "etcdutl"),
    "coredns": ("coredns",),
    "pause": ("pause",),
}
_PROGRAMS = (*_KUBERNETES, *_RUNTIME, *(p for parts in _COMPONENTS.values() for p in parts), "kube-proxy")
_HERE = Path(__file__).parent


def reference(root: Path) -> str:
    """The built image's full name: a hash of its programs, Dockerfiles, Debian base and version of kind."""
    known = catalog.load(root)
    digest = hashlib.sha256(_RECIPE.encode())
    for module in sorted({known.module_of(program)[0] for program in (*_PROGRAMS, "kind")}):
        digest.update(known.modules[module].key(root).encode())
    for folder in ("base", "kube-proxy"):
        digest.update(folder_digest(root / "cluster" / "node" / folder).encode())
    digest.update(references_of(root, find(root), ["debian"])["debian"].encode())
    return f"{REPOSITORY}:{digest.hexdigest()[:12]}"


def ensure(lab: Lab, progress: Progress) -> str:
    """Builds the node image unless the engine holds it.

    Returns:
        Its full reference.

    Raises:
        BuildFailed: a program or the image does not build; the message names the log.
    """
    tag = reference(lab.root)
    if tag in images.existing():
        return tag
    debian = images.ensure(lab, ["debian"], progress)["debian"]
    programs = binaries.ensure(lab, _PROGRAMS, progress)
    log = progress.log("node-image")
    with progress.phase("build the node image", "node-image"):
        try:
            base = _build_base(lab.root, debian, programs, tag, log)
            _commit_with_components(base, debian, programs, tag, log)
        except CommandFailed as failure:
            raise BuildFailed(f"the node image does not build: {failure.happened}", f"read {log}") from failure
    return tag


def _build_base(root: Path, debian: str, programs: dict[str, Path], tag: str, log: Path) -> str:
    """The image of a machine without any container images in it."""
    base = tag.replace(REPOSITORY, f"{REPOSITORY}-base")
    known = catalog.load(root)
    with tempfile.TemporaryDirectory(prefix="firedrill-node-") as scratch:
        context = Path(scratch)
        shutil.copytree(_HERE / "base", context, dirs_exist_ok=True)
        # The module cache is read-only, so modes are made anew.
        files = upstream.kind_source(root) / "images" / "base" / "files"
        for part in ("etc", "usr", "kind"):
            for file in (files / part).rglob("*"):
                target = context / "kind" / file.relative_to(files)
                if file.is_file():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)
        for folder, names in (("kubernetes", _KUBERNETES), ("runtime", _RUNTIME)):
            (context / "bin" / folder).mkdir(parents=True)
            for name in names:
                shutil.copy2(programs[name], context / "bin" / folder / name)
        version = catalog.pinned_version(root, known.modules["kubernetes"])
        (context / "version").write_text(version, encoding="utf-8")
        images.docker_build(context, base, [f"{images.LABEL_IMAGE}=node-base"], {"BASE": debian}, log)
    return base


def _commit_with_components(base: str, debian: str, programs: dict[str, Path], tag: str, log: Path) -> None:
    with machine(base, log) as container:
        named = _component_names(container)
        _build_components(named, debian, programs, log)
        import_images([container], list(named.values()), log)
        commit(container, base, tag, [f"{images.LABEL_IMAGE}=node"], log)
    run(["docker", "rmi", *named.values()], log=log)


def _component_names(container: str) -> dict[str, str]:
    """Component → the full image name that this kubeadm and this containerd configuration ask for."""
    config = run(["docker", "exec", container, "cat", "/etc/containerd/config.toml"])
    sandbox = next(line.split('"')[1] for line in config.splitlines() if line.strip().startswith("sandbox_image"))
    version = run(["docker", "exec", container, "cat", "/kind/version"]).strip()
    asked = ["kubeadm", "config", "images", "list", "--kubernetes-version", version]
    listed = [name for name in run(["docker", "exec", container, *asked]).split() if "/pause:" not in name]
    return {name.rpartition(":")[0].rpartition("/")[2]: name for name in [*listed, sandbox]}


def _build_components(named: dict[str, str], debian: str, programs: dict[str, Path], log: Path) -> None:
    for component, image in named.items():
        if component == "kube-proxy":
            with tempfile.TemporaryDirectory(prefix="firedrill-kube-proxy-") as scratch:
                shutil.copytree(_HERE / "kube-proxy", scratch, dirs_exist_ok=True)
                shutil.copy2(programs[component], Path(scratch) / component)
                images.docker_build(Path(scratch), image, [], {"BASE": debian}, log)
        elif component in _COMPONENTS:
            _import_static(image, [programs[name] for name in _COMPONENTS[component]], log)
        else:
            raise BuildFailed(f"kubeadm asks for an image {image!r} that nothing here builds", "add it to _COMPONENTS")


def _import_static(image: str, files: list[Path], log: Path) -> None:
    """An image of static programs alone, made without a builder."""
    with tempfile.NamedTemporaryFile(suffix=".tar") as archive:
        with tarfile.open(archive.name, "w") as tar:
            # Kubernetes writes and the programs use these; a scratch image has none.
            for folder in ("tmp", "etc"):
                entry = tarfile.TarInfo(folder)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
                tar.addfile(entry, io.BytesIO())
            for file in files:
                tar.add(file, f"usr/local/bin/{file.name}")
        entrypoint = f'ENTRYPOINT ["/usr/local/bin/{files[0].name}"]'
        run(
            ["docker", "import", "--change", "ENV PATH=/usr/local/bin", "--change", entrypoint, archive.name, image],
            timeout_s=120,
            log=log,
        )
