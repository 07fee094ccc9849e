import Curl
import Foundation
import Testing

@testable import AWS

/// AWS's own cases: request in, canonical request, string to sign and header out.
@Suite struct SigV4Tests {
    private let key = Credentials(
        accessKeyID: "AKIDEXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    )

    @Test func `every case of AWS's signature test suite`() throws {
        guard let folder = corpus("sigv4") else { return }
        let cases = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.hasDirectoryPath }
        #expect(cases.count >= 22)
        for url in cases {
            let name = url.lastPathComponent
            func file(_ ending: String) throws -> String { try text(url.appendingPathComponent("\(name).\(ending)")) }
            let wanted = try parsed(try file("sreq"))
            let credentials = Credentials(
                accessKeyID: key.accessKeyID,
                secretAccessKey: key.secretAccessKey,
                sessionToken: wanted.headers["x-amz-security-token"]
            )
            let date = try #require(awsDate("2015-08-30T12:36:00Z"))
            let signer = SigV4(credentials: credentials, region: "us-east-1", service: "service", date: date)
            let request = signer.prepared(try parsed(try file("req")))
            let canonical = signer.canonicalRequest(request)
            #expect(canonical == (try file("creq")), "\(name)")
            #expect(signer.stringToSign(canonical) == (try file("sts")), "\(name)")
            #expect(signer.authorization(request) == (try file("authz")), "\(name)")
            var signed = signer.sign(request)
            var expected = wanted.headers
            #expect(signed["authorization"] == (try file("authz")), "\(name)")
            // The signed request of this case carries the signature of the case without a token.
            if name != "get-vanilla-with-session-token" {
                #expect(signed["authorization"] == expected["authorization"], "\(name)")
            }
            signed.set("authorization", "")
            expected.set("authorization", "")
            #expect(ordered(signed) == ordered(expected), "\(name)")
        }
    }

    @Test func `a changed secret, body, date or header changes the signature`() {
        let date = Date(timeIntervalSince1970: 1_440_938_160)
        let headers = HTTPHeaders([("Host", "example.amazonaws.com")])
        let request = UnsignedRequest(method: "POST", path: "/", headers: headers, body: Array("a=1".utf8))
        var other = request
        other.body = Array("a=2".utf8)
        var more = request
        more.headers.add("X-Amz-Target", "x")
        let signer = SigV4(credentials: key, region: "us-east-1", service: "iam", date: date)
        let wrong = Credentials(accessKeyID: key.accessKeyID, secretAccessKey: "wrong")
        let signatures = [
            signer.authorization(request), signer.authorization(other), signer.authorization(more),
            SigV4(credentials: wrong, region: "us-east-1", service: "iam", date: date).authorization(request),
            SigV4(credentials: key, region: "us-east-1", service: "iam", date: date + 1).sign(request)["authorization"]
                ?? "",
            SigV4(credentials: key, region: "us-west-1", service: "iam", date: date).authorization(request),
        ]
        #expect(Set(signatures).count == signatures.count)
    }

    @Test func `S3 paths are signed as they are, others encoded again and normalised`() {
        let date = Date(timeIntervalSince1970: 0)
        let request = UnsignedRequest(method: "GET", path: "/a//b%20c/../d", headers: HTTPHeaders([("Host", "h")]))
        let s3 = SigV4(credentials: key, region: "eu-west-1", service: "s3", date: date)
        #expect(s3.canonicalRequest(request).hasPrefix("GET\n/a//b%20c/../d\n"))
        #expect(s3.sign(request)["x-amz-content-sha256"]?.count == 64)
        let other = SigV4(credentials: key, region: "eu-west-1", service: "ecr", date: date)
        #expect(other.canonicalRequest(request).hasPrefix("GET\n/a/d\n"))
        #expect(other.sign(request)["x-amz-content-sha256"] == nil)
    }

    @Test func `neither description nor dump shows a secret`() {
        let credentials = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "s3cr3t", sessionToken: "t0k3n")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), String(describing: [credentials]), dumped] {
            #expect(!text.contains("s3cr3t") && !text.contains("t0k3n"))
        }
    }
}

private func ordered(_ headers: HTTPHeaders) -> [String] {
    headers.fields.map { "\($0.name.lowercased()):\($0.value)" }.sorted()
}

/// The `.req` form: request line, headers (one may go on in indented lines), empty line, body.
private func parsed(_ text: String) throws -> UnsignedRequest {
    let halves = text.components(separatedBy: "\n\n")
    var lines: [String] = []
    for line in halves[0].components(separatedBy: "\n") {
        if line.hasPrefix(" "), let last = lines.popLast() { lines.append(last + line) } else { lines.append(line) }
    }
    let start = lines.removeFirst()
    let method = start.prefix { $0 != " " }
    let target = start.dropFirst(method.count + 1).replacingOccurrences(of: " HTTP/1.1", with: "")
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var query: [(name: String, value: String)] = []
    if parts.count > 1 {
        for item in parts[1].split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let words = pair.map { String($0).removingPercentEncoding ?? "" }
            query.append((words[0], words.count > 1 ? words[1] : ""))
        }
    }
    let headers = lines.filter { !$0.isEmpty }.map { line -> (name: String, value: String) in
        let name = line.prefix { $0 != ":" }
        return (String(name), line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces))
    }
    return UnsignedRequest(
        method: String(method),
        path: String(parts[0]),
        query: query,
        headers: HTTPHeaders(headers),
        body: Array((halves.count > 1 ? halves[1...].joined(separator: "\n\n") : "").utf8)
    )
}
