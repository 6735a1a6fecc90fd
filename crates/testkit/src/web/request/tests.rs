use super::*;

#[tokio::test]
async fn requests_are_read_one_after_the_other() {
    let mut wire: &[u8] =
        b"GET /a?b HTTP/1.1\r\nHost: A.test\r\n\r\nPOST /c HTTP/1.0\r\ncontent-length: 3\r\n\r\nxyz";
    let mut rest = Vec::new();
    let first = read_request(&mut wire, &mut rest).await.unwrap().unwrap();
    assert_eq!((first.method.as_str(), first.target.as_str()), ("GET", "/a?b"));
    assert_eq!(first.header("host"), Some("A.test"));
    assert!(first.keeps_alive());
    let second = read_request(&mut wire, &mut rest).await.unwrap().unwrap();
    assert_eq!((second.method.as_str(), second.keeps_alive()), ("POST", false));
    assert_eq!(read_request(&mut wire, &mut rest).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_not_http_1_is_refused() {
    for wire in [b"GET /\r\n\r\n".as_slice(), b"GET / HTTP/3\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n"]
    {
        let mut stream = wire;
        assert!(read_request(&mut stream, &mut Vec::new()).await.is_err(), "{wire:?}");
    }
}
