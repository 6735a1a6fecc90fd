//! Fetch records kept byte for byte, as WARC and CDXJ
