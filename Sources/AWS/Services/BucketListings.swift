import Foundation

/// One version of an object, or a delete marker.
struct ObjectVersion: Sendable, Equatable {
    let key: String
    /// `null` for what was written without versioning.
    let versionID: String
    /// 0 for a delete marker.
    let size: Int64
}

/// An upload in parts that nobody finished.
struct UnfinishedUpload: Sendable, Equatable {
    let key: String
    let uploadID: String
}

/// One page of a bucket's listing; a page may be empty and still have a next.
struct BucketPage<Item: Sendable>: Sendable {
    let items: [Item]
    let next: BucketMarker?
}

/// Where the next page begins.
struct BucketMarker: Sendable, Hashable {
    let key: String
    let id: String
}

extension BucketCalls {
    /// Versions and delete markers of all objects, in the order of their keys.
    ///
    /// Asked for URL-encoded: a key may hold what XML cannot.
    func versions(
        after marker: BucketMarker? = nil,
        atMost count: Int,
        notAfter: ContinuousClock.Instant? = nil
    ) async throws(AWSError) -> BucketPage<ObjectVersion> {
        var query = [(name: "versions", value: ""), ("max-keys", "\(count)"), ("encoding-type", "url")]
        if let marker { query += [("key-marker", marker.key), ("version-id-marker", marker.id)] }
        return try await call("ListObjectVersions", query: query, notAfter: notAfter) { (response) throws(AWSError) in
            let root = try xml(response, root: "ListVersionsResult")
            let names = Names(root)
            var items = try mapped(root.all("Version")) { (item) throws(AWSError) in
                guard let size = Int64(try item.required("Size")) else { throw notUnderstood("a size is no number") }
                return try names.version(item, size: size)
            }
            items += try mapped(root.all("DeleteMarker")) { (item) throws(AWSError) in try names.version(item, size: 0)
            }
            return BucketPage(items: items, next: try names.next(root, "NextVersionIdMarker"))
        }
    }

    func uploads(
        after marker: BucketMarker? = nil,
        atMost count: Int,
        notAfter: ContinuousClock.Instant? = nil
    ) async throws(AWSError) -> BucketPage<UnfinishedUpload> {
        var query = [(name: "uploads", value: ""), ("max-uploads", "\(count)"), ("encoding-type", "url")]
        if let marker { query += [("key-marker", marker.key), ("upload-id-marker", marker.id)] }
        return try await call("ListMultipartUploads", query: query, notAfter: notAfter) { (response) throws(AWSError) in
            let root = try xml(response, root: "ListMultipartUploadsResult")
            let names = Names(root)
            let items = try mapped(root.all("Upload")) { (item) throws(AWSError) in
                UnfinishedUpload(key: try names.key(item), uploadID: try item.required("UploadId"))
            }
            return BucketPage(items: items, next: try names.next(root, "NextUploadIdMarker"))
        }
    }
}

/// Calls the body with each page until it has enough or the listing ends; a marker that comes a second time is an error.
///
/// True: it was read to its end.
func eachPage<Item>(
    _ operation: String,
    _ page: (BucketMarker?) async throws(AWSError) -> BucketPage<Item>,
    until isEnough: ([Item]) -> Bool
) async throws(AWSError) -> Bool {
    var seen: Set<BucketMarker> = []
    var marker: BucketMarker?
    while true {
        let next = try await page(marker)
        if isEnough(next.items) { return next.next == nil }
        guard let following = next.next else { return true }
        guard seen.insert(following).inserted else {
            throw notUnderstood("the same page marker came twice").on(.s3, operation, region: "")
        }
        marker = following
    }
}

/// How keys are written in one answer.
private struct Names {
    let isEncoded: Bool

    init(_ root: XMLTree) { isEncoded = root.text("EncodingType") == "url" }

    func key(_ item: XMLTree, _ name: String = "Key") throws(AWSError) -> String {
        guard let text = item.text(name), !text.isEmpty else { throw notUnderstood("\(item.name) without \(name)") }
        guard isEncoded else { return text }
        guard let key = text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding else {
            throw notUnderstood("a key that is not URL-encoded as promised")
        }
        return key
    }

    func version(_ item: XMLTree, size: Int64) throws(AWSError) -> ObjectVersion {
        ObjectVersion(key: try key(item), versionID: try item.required("VersionId"), size: size)
    }

    func next(_ root: XMLTree, _ id: String) throws(AWSError) -> BucketMarker? {
        guard let isTruncated = try root.flag("IsTruncated") else {
            throw notUnderstood("no IsTruncated in the answer")
        }
        guard isTruncated else { return nil }
        return BucketMarker(key: try key(root, "NextKeyMarker"), id: root.text(id) ?? "")
    }
}
