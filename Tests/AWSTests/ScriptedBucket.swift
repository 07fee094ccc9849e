import Foundation
import Synchronization
import TestSupport

@testable import AWS

/// A bucket behind a scripted server, as S3 documents its answers.
///
/// Lists in the order of its content, as many as were asked for, and deletes what it is told to.
final class ScriptedBucket: Sendable {
    struct Content: Sendable {
        var versions: [ObjectVersion] = []
        var markers: [ObjectVersion] = []
        var uploads: [UnfinishedUpload] = []
        /// How the next deletions end instead, for each object of the batch: a code with its message.
        var refusals: [(code: String, message: String)] = []
        /// So many listings say first that the page is empty and goes on.
        var emptyPages = 0
        var batches: [Int] = []
    }

    private let content: Mutex<Content>

    init(_ content: Content) { self.content = Mutex(content) }

    var current: Content { content.withLock { $0 } }

    func server() throws -> ScriptedServer { try ScriptedServer { request, _ in self.answered(request) } }

    func answered(_ request: ScriptedServer.Request) -> ScriptedAnswer {
        let url = URLComponents(string: request.path)
        var query: [String: String] = [:]
        for item in url?.queryItems ?? [] { query[item.name] = item.value ?? "" }
        return content.withLock { content in
            switch (request.method, query["versions"] != nil, query["uploads"] != nil) {
            case ("GET", true, _): Self.versions(&content, Int(query["max-keys"] ?? "") ?? 1_000)
            case ("GET", _, true): Self.uploads(content, Int(query["max-uploads"] ?? "") ?? 1_000)
            case ("POST", _, _): Self.delete(&content, request.body)
            case ("DELETE", _, _): Self.deleteOne(&content, url?.path ?? "", query)
            default: ScriptedAnswer(status: 501, body: "<Error><Code>NotImplemented</Code></Error>")
            }
        }
    }

    private static func versions(_ content: inout Content, _ count: Int) -> ScriptedAnswer {
        if content.emptyPages > 0 {
            content.emptyPages -= 1
            return listing("", isTruncated: true, "<NextKeyMarker>m\(content.emptyPages)</NextKeyMarker>")
        }
        var all: [(item: ObjectVersion, name: String)] = content.versions.map { ($0, "Version") }
        all += content.markers.map { ($0, "DeleteMarker") }
        let shown = all.prefix(count).map { entry in
            let size = entry.name == "Version" ? "<Size>\(entry.item.size)</Size>" : ""
            return "<\(entry.name)><Key>\(percentEncoded(entry.item.key))</Key>"
                + "<VersionId>\(entry.item.versionID)</VersionId>\(size)</\(entry.name)>"
        }
        let isTruncated = all.count > count
        let last = all.prefix(count).last?.item
        let next =
            "<NextKeyMarker>\(percentEncoded(last?.key ?? ""))</NextKeyMarker>"
            + "<NextVersionIdMarker>\(last?.versionID ?? "")</NextVersionIdMarker>"
        return listing(shown.joined(), isTruncated: isTruncated, isTruncated ? next : "")
    }

    private static func listing(_ inside: String, isTruncated: Bool, _ next: String) -> ScriptedAnswer {
        ScriptedAnswer(
            body: "<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>\(isTruncated)</IsTruncated>"
                + "\(next)\(inside)</ListVersionsResult>"
        )
    }

    private static func uploads(_ content: Content, _ count: Int) -> ScriptedAnswer {
        let shown = content.uploads.prefix(count).map {
            "<Upload><Key>\(percentEncoded($0.key))</Key><UploadId>\($0.uploadID)</UploadId></Upload>"
        }
        let isTruncated = content.uploads.count > count
        let next = isTruncated ? "<NextKeyMarker>k</NextKeyMarker>" : ""
        return ScriptedAnswer(
            body: "<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>\(isTruncated)"
                + "</IsTruncated>\(next)\(shown.joined())</ListMultipartUploadsResult>"
        )
    }

    private static func delete(_ content: inout Content, _ body: String) -> ScriptedAnswer {
        guard let root = try? parsedXML(Array(body.utf8)), root.name == "Delete", root.text("Quiet") == "true" else {
            return ScriptedAnswer(status: 400, body: "<Error><Code>MalformedXML</Code></Error>")
        }
        let objects = root.all("Object")
        content.batches.append(objects.count)
        if let refusal = content.refusals.first {
            content.refusals.removeFirst()
            let key = escapedXML(objects.first?.text("Key") ?? "")
            return ScriptedAnswer(
                body: "<DeleteResult><Error><Key>\(key)</Key><Code>\(refusal.code)</Code>"
                    + "<Message>\(refusal.message)</Message></Error></DeleteResult>"
            )
        }
        for object in objects {
            remove(&content, object.text("Key") ?? "", object.text("VersionId") ?? "")
        }
        return ScriptedAnswer(body: "<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>")
    }

    private static func deleteOne(_ content: inout Content, _ path: String, _ query: [String: String]) -> ScriptedAnswer
    {
        let key = String(path.dropFirst("/things/".count))
        if let version = query["versionId"] { remove(&content, key, version) }
        if let upload = query["uploadId"] {
            content.uploads.removeAll { $0.key == key && $0.uploadID == upload }
        }
        return ScriptedAnswer(status: 204)
    }

    private static func remove(_ content: inout Content, _ key: String, _ version: String) {
        content.versions.removeAll { $0.key == key && $0.versionID == version }
        content.markers.removeAll { $0.key == key && $0.versionID == version }
    }
}
