//! Tells cargo that a program which holds the page is to be built anew when the page was.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_PAGE").is_some() {
        println!("cargo::rerun-if-changed=../../dist");
    }
}
