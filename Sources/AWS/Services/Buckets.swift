/// What Curfew reads of S3.
package struct Buckets: Sendable {
    private let client: AWSClient
    private let region: String

    /// `region`: the buckets' own; S3 answers elsewhere with a redirect, which is an error here.
    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Whether nothing at all is in it: no object, no old version and no delete marker.
    ///
    /// Each of these keeps CloudFormation from deleting a bucket.
    package func isEmpty(_ bucket: String) async throws(AWSError) -> Bool {
        guard isBucketName(bucket) else {
            throw AWSError(.misconfigured, message: "'\(bucket)' is no bucket name")
                .on(.s3, "ListObjectVersions", region: region)
        }
        let call = AWSCall(
            service: .s3,
            operation: "ListObjectVersions",
            region: region,
            content: .bucket(bucket, query: [("versions", ""), ("max-keys", "1")])
        )
        do {
            return try await client.call(call) { (response) throws(AWSError) in
                let root = try xml(response, root: "ListVersionsResult")
                let found = root["Version"] != nil || root["DeleteMarker"] != nil
                // An empty page that goes on says nothing.
                guard let isTruncated = try root.flag("IsTruncated"), found || !isTruncated else {
                    throw notUnderstood("an empty page of an unfinished listing")
                }
                return !found
            }
        } catch {
            guard (300..<400).contains(error.status) else { throw error }
            throw AWSError(
                .refused,
                service: error.service,
                operation: error.operation,
                region: error.region,
                code: error.code.isEmpty ? "Redirect" : error.code,
                message: "the bucket could not be read: it is in another region",
                requestID: error.requestID,
                status: error.status
            )
        }
    }
}

/// A bucket's name becomes part of a host name: letters, digits and `-._`, first a letter or digit.
private func isBucketName(_ text: String) -> Bool {
    guard (3...255).contains(text.utf8.count), let first = text.first, first.isLetter || first.isNumber else {
        return false
    }
    return text.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122, 45, 46, 95: true
        default: false
        }
    }
}
