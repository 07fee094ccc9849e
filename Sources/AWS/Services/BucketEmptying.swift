/// Deletes everything in a bucket, a bounded piece at a time.
package struct BucketEmptying: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Deletes up to `limit` versions, delete markers and unfinished uploads.
    ///
    /// True only when a listing afterwards found nothing. What it deletes it has just listed from the beginning, so it
    /// goes on where any earlier run stopped.
    package func empty(_ bucket: String, atMost limit: Int, window: WriteWindow) async throws(AWSError) -> Bool {
        let calls = BucketCalls(client: client, region: region, bucket: bucket)
        var left = max(1, limit)
        while true {
            let batch = min(1_000, max(1, left))
            let versions = try await first("ListObjectVersions") { (marker) throws(AWSError) in
                try await calls.versions(after: marker, atMost: batch, notAfter: window.notAfter)
            }
            if !versions.isEmpty {
                guard left > 0 else { return false }
                try await calls.delete(Array(versions.prefix(left)), window: window)
                left -= versions.count
                continue
            }
            let uploads = try await first("ListMultipartUploads") { (marker) throws(AWSError) in
                try await calls.uploads(after: marker, atMost: batch, notAfter: window.notAfter)
            }
            if uploads.isEmpty { return true }
            guard left > 0 else { return false }
            for upload in uploads.prefix(left) { try await calls.abort(upload, window: window) }
            left -= uploads.count
        }
    }

    /// The first items there are; empty only after the last page.
    private func first<Item>(
        _ operation: String,
        _ page: (BucketMarker?) async throws(AWSError) -> BucketPage<Item>
    ) async throws(AWSError) -> [Item] {
        var found: [Item] = []
        _ = try await eachPage(operation, page) { items in
            found = items
            return !items.isEmpty
        }
        return found
    }
}

extension BucketCalls {
    /// One request for all of them, at most 1,000; those whose keys XML cannot hold have one each.
    func delete(_ versions: [ObjectVersion], window: WriteWindow) async throws(AWSError) {
        let plain = versions.filter { isXMLText($0.key) }
        for version in versions where !isXMLText(version.key) {
            let query = [(name: "versionId", value: version.versionID)]
            try await call("DeleteObject", method: "DELETE", key: version.key, query: query, window: window) { _ in }
        }
        guard !plain.isEmpty else { return }
        let body = Array(deletion(of: plain).utf8)
        let query = [(name: "delete", value: "")]
        let operation = "DeleteObjects"
        try await call(operation, method: "POST", query: query, body: body, window: window) {
            (response) throws(AWSError) in
            let errors = try xml(response, root: "DeleteResult").all("Error").filter { !isGone($0.text("Code")) }
            if let error = failure(errors, of: plain.count, in: bucket) { throw error }
        }
    }

    func abort(_ upload: UnfinishedUpload, window: WriteWindow) async throws(AWSError) {
        let query = [(name: "uploadId", value: upload.uploadID)]
        do {
            try await call("AbortMultipartUpload", method: "DELETE", key: upload.key, query: query, window: window) {
                _ in
            }
        } catch {
            guard error.code == "NoSuchUpload" else { throw error }
        }
    }
}

/// `Quiet`: only what was not deleted is answered.
private func deletion(of versions: [ObjectVersion]) -> String {
    let objects = versions.map {
        "<Object><Key>\(escapedXML($0.key))</Key><VersionId>\(escapedXML($0.versionID))</VersionId></Object>"
    }
    return #"<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"# + objects.joined()
        + "<Quiet>true</Quiet></Delete>"
}

private func isGone(_ code: String?) -> Bool { code == "NoSuchKey" || code == "NoSuchVersion" }

/// What a 200 with errors inside it means; nil without errors.
///
/// One that passes decides, so that the batch is sent again: deleting a version twice is deleting it once.
private func failure(_ errors: [XMLTree], of count: Int, in bucket: String) -> AWSError? {
    let failures = errors.map { error in
        let code = error.text("Code") ?? ""
        let passing: Set = ["InternalError", "SlowDown", "ServiceUnavailable", "OperationAborted", "RequestTimeout"]
        let kind =
            passing.contains(code) ? AWSError.kind(ofCode: code, status: 503) : AWSError.kind(ofCode: code, status: 200)
        return (kind: kind, code: code, message: error.text("Message") ?? "", key: error.text("Key") ?? "")
    }
    let passing = failures.first { AWSError($0.kind, message: "").retryable }
    guard let first = passing ?? failures.first else { return nil }
    let what =
        "\(failures.count) of \(count) objects of \(bucket) were not deleted, such as '\(first.key)': \(first.message)"
    if first.code == "AccessDenied", first.message.lowercased().contains("object lock") {
        return AWSError(.refused, code: "ObjectLocked", message: what, status: 200)
    }
    return AWSError(first.kind, code: first.code, message: what, status: 200)
}
