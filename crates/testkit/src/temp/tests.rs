use super::Scratch;

#[test]
fn files_are_listed_torn_copied_and_gone() {
    let scratch = Scratch::new();
    scratch.write("a/b/c.txt", "hello");
    scratch.write("z", b"");
    assert_eq!(scratch.files(), ["a/b/c.txt", "z"]);
    scratch.tear("a/b/c.txt", 2);
    let copy = scratch.snapshot();
    let path = scratch.path().to_owned();
    drop(scratch);
    assert!(!path.exists());
    assert_eq!(copy.read("a/b/c.txt"), b"hel");
}
