//! Bytes become a document and its links; pure and total
