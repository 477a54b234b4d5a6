#[derive(Clone, Debug, serde::Serialize)]
pub struct Tree(Vec<u8>);
pub fn parse(_: &str) -> Tree {
    Tree(vec![])
}
