# Sourced by the commands beside this folder: $here and $count in; $work, $target, $python, $file out.
target=${CARGO_TARGET_DIR:-$here/../../target}
work=$target/bench
mkdir -p "$work"
if ! cmp -s "$here/tiling/requirements.txt" "$work/venv-tiling/requirements.txt"; then
    python3 -m venv --clear "$work/venv-tiling"
    "$work/venv-tiling/bin/pip" install --quiet --requirement "$here/tiling/requirements.txt"
    cp "$here/tiling/requirements.txt" "$work/venv-tiling/requirements.txt"
fi
python=$work/venv-tiling/bin/python
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$here/peers:$here/tiling" RUST_LOG=warn
file=$work/cadastre-$count.gpkg
if [ ! -e "$file" ]; then
    cargo build --quiet --release --package bench --bin cadastre --manifest-path "$here/Cargo.toml"
    "$target/release/cadastre" "$file.new" --polygons "$count"
    mv "$file.new" "$file"
fi
