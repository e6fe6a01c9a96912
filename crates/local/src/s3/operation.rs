//! The name of the S3 operation that a request asks for.

use hyper::{HeaderMap, Method, Uri};

/// The operation's AWS name; empty for requests that are none of those served.
pub(super) fn name(method: &Method, uri: &Uri, headers: &HeaderMap) -> &'static str {
    let path = uri.path().trim_start_matches('/');
    let on_object = path.split_once('/').is_some_and(|(_, key)| !key.is_empty());
    let copy = headers.contains_key("x-amz-copy-source");
    let has = |parameter: &str| has_parameter(uri, parameter);
    match (method.as_str(), on_object) {
        ("PUT", true) if has("partNumber") => {
            if copy {
                "UploadPartCopy"
            } else {
                "UploadPart"
            }
        }
        ("PUT", true) => {
            if copy {
                "CopyObject"
            } else {
                "PutObject"
            }
        }
        ("GET", true) if has("uploadId") => "ListParts",
        ("GET", true) => "GetObject",
        ("HEAD", true) => "HeadObject",
        ("DELETE", true) if has("uploadId") => "AbortMultipartUpload",
        ("DELETE", true) => "DeleteObject",
        ("POST", true) if has("uploads") => "CreateMultipartUpload",
        ("POST", true) if has("uploadId") => "CompleteMultipartUpload",
        ("GET", false) if path.is_empty() => "ListBuckets",
        ("GET", false) if has("uploads") => "ListMultipartUploads",
        ("GET", false) if has("location") => "GetBucketLocation",
        ("GET", false) if has("list-type") => "ListObjectsV2",
        ("PUT", false) => "CreateBucket",
        ("HEAD", false) => "HeadBucket",
        ("DELETE", false) => "DeleteBucket",
        ("POST", false) if has("delete") => "DeleteObjects",
        _ => "",
    }
}

fn has_parameter(uri: &Uri, name: &str) -> bool {
    let parameters = uri.query().unwrap_or_default().split('&');
    parameters
        .map(|parameter| parameter.split_once('=').map_or(parameter, |(name, _)| name))
        .any(|parameter| parameter == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_follow_from_method_path_and_query() {
        for (method, uri, wanted) in [
            (Method::PUT, "/b/k?x-id=PutObject", "PutObject"),
            (Method::PUT, "/b/k?partNumber=1&uploadId=u", "UploadPart"),
            (Method::PUT, "/b/", "CreateBucket"),
            (Method::GET, "/b/a/b?x-id=GetObject", "GetObject"),
            (Method::GET, "/b/?list-type=2&prefix=uploads", "ListObjectsV2"),
            (Method::GET, "/b?uploads", "ListMultipartUploads"),
            (Method::GET, "/", "ListBuckets"),
            (Method::HEAD, "/b/k", "HeadObject"),
            (Method::HEAD, "/b", "HeadBucket"),
            (Method::POST, "/b/k?uploads", "CreateMultipartUpload"),
            (Method::POST, "/b/k?uploadId=u", "CompleteMultipartUpload"),
            (Method::POST, "/b/?delete", "DeleteObjects"),
            (Method::DELETE, "/b/k?uploadId=u", "AbortMultipartUpload"),
            (Method::DELETE, "/b/k", "DeleteObject"),
            (Method::PATCH, "/b/k", ""),
        ] {
            let parsed: Uri = uri.parse().unwrap();
            assert_eq!(name(&method, &parsed, &HeaderMap::new()), wanted, "{method} {uri}");
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-copy-source", "/b/k".parse().unwrap());
        let uri: Uri = "/b/k2".parse().unwrap();
        assert_eq!(name(&Method::PUT, &uri, &headers), "CopyObject");
    }
}
