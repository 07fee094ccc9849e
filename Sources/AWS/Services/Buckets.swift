/// What a resource that holds things holds.
package struct Holding: Sendable, Equatable {
    package let items: Int
    package let bytes: Int64?
    /// There is more than was counted.
    package let isAtLeast: Bool

    package init(items: Int, bytes: Int64? = nil, isAtLeast: Bool = false) {
        self.items = items
        self.bytes = bytes
        self.isAtLeast = isAtLeast
    }
}

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
        let query = [(name: "versions", value: ""), ("max-keys", "1")]
        return try await calls(bucket).call("ListObjectVersions", query: query) { (response) throws(AWSError) in
            let root = try xml(response, root: "ListVersionsResult")
            let found = root["Version"] != nil || root["DeleteMarker"] != nil
            // An empty page that goes on says nothing.
            guard let isTruncated = try root.flag("IsTruncated"), found || !isTruncated else {
                throw notUnderstood("an empty page of an unfinished listing")
            }
            return !found
        }
    }

    /// Counts objects with all their versions and delete markers, and stops after `limit` of them.
    package func holding(_ bucket: String, atMost limit: Int) async throws(AWSError) -> Holding {
        let calls = calls(bucket)
        var items = 0
        var bytes: Int64 = 0
        let isWhole = try await eachPage("ListObjectVersions") { (marker) throws(AWSError) in
            try await calls.versions(after: marker, atMost: min(1_000, max(1, limit - items)))
        } until: { page in
            items += page.count
            bytes += page.reduce(0) { $0 + $1.size }
            return items >= limit
        }
        return Holding(items: items, bytes: bytes, isAtLeast: !isWhole)
    }

    private func calls(_ bucket: String) -> BucketCalls {
        BucketCalls(client: client, region: region, bucket: bucket)
    }
}
