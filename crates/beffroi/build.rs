//! Collects the comments above the handlers, so that the API document says of an operation what stands beside its code
//! and nobody writes it twice. Nothing else of the program is generated.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

fn main() {
    println!("cargo:rerun-if-changed=src");
    let mut comments = Vec::new();
    collect(Path::new("src"), &[], &mut comments);
    comments.sort();
    let table = format!("&{comments:#?}");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names it"));
    fs::write(out.join("comments.rs"), table).expect("it is written");
}

/// Handlers stand in `routes.rs` of a feature, or in a file of their own at the top.
fn collect(folder: &Path, module: &[String], comments: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let (path, mut inner) = (entry.path(), module.to_vec());
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if name != "mod" {
            inner.push(name);
        }
        let has_handlers = inner.len() == 1 || inner.iter().any(|name| name == "routes");
        if path.is_dir() {
            collect(&path, &inner, comments);
        } else if has_handlers && path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("text");
            comments.extend(above_functions(&text).map(|(name, comment)| (inner.join("::") + "::" + name, comment)));
        }
    }
}

fn above_functions(text: &str) -> impl Iterator<Item = (&str, String)> {
    let mut comment = String::new();
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if let Some(words) = line.strip_prefix("///") {
            comment.push_str(words.trim());
            comment.push('\n');
            return None;
        }
        if line.starts_with("#[") {
            return None;
        }
        let comment = std::mem::take(&mut comment);
        let name = line.strip_prefix("pub async fn ")?.split(['(', '<']).next()?;
        (!comment.is_empty()).then_some((name, comment))
    })
}
