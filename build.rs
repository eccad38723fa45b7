//! The map is built before the binary that carries it: a change of it is a change of the program.

fn main() {
    println!("cargo::rerun-if-changed=viewer/dist");
}
