import Crypto
import Curl
import Foundation

/// A request before it is signed.
///
/// Path and query are plain text; `SigV4` encodes them for the wire and the signature.
struct UnsignedRequest: Sendable {
    var method: String
    /// As sent: already percent-encoded where it has to be.
    var path: String
    var query: [(name: String, value: String)] = []
    /// `Host` included.
    var headers: HTTPHeaders
    var body: [UInt8] = []
}

/// AWS Signature Version 4.
///
/// Pure: the date is a parameter.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
struct SigV4: Sendable {
    let credentials: Credentials
    let region: String
    let service: String
    let date: Date

    /// The request's headers with `X-Amz-Date`, the session token, S3's content hash and `Authorization`.
    func sign(_ request: UnsignedRequest) -> HTTPHeaders {
        let request = prepared(request)
        var headers = request.headers
        headers.set("Authorization", authorization(request))
        return headers
    }

    /// With everything that is signed, not yet signed.
    func prepared(_ request: UnsignedRequest) -> UnsignedRequest {
        var request = request
        request.headers.set("X-Amz-Date", timestamp)
        if let token = credentials.sessionToken { request.headers.set("X-Amz-Security-Token", token) }
        if isS3 { request.headers.set("X-Amz-Content-Sha256", hex(SHA256.hash(data: request.body))) }
        return request
    }

    func authorization(_ request: UnsignedRequest) -> String {
        let text = stringToSign(canonicalRequest(request))
        let signature = hex(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: signingKey))
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
            + "SignedHeaders=\(signedHeaders(request).map(\.name).joined(separator: ";")), Signature=\(signature)"
    }

    func canonicalRequest(_ request: UnsignedRequest) -> String {
        let headers = signedHeaders(request)
        return [
            request.method,
            isS3 ? request.path : percentEncoded(normalised(request.path), keeping: "/"),
            queryString(request.query),
            headers.map { "\($0.name):\($0.value)\n" }.joined(),
            headers.map(\.name).joined(separator: ";"),
            hex(SHA256.hash(data: request.body)),
        ].joined(separator: "\n")
    }

    func stringToSign(_ canonical: String) -> String {
        "AWS4-HMAC-SHA256\n\(timestamp)\n\(scope)\n\(hex(SHA256.hash(data: Data(canonical.utf8))))"
    }

    /// S3 takes paths as they are: encoded once, `//` and `..` kept.
    private var isS3: Bool { service == "s3" }

    private var day: String { String(timestamp.prefix(8)) }

    private var scope: String { "\(day)/\(region)/\(service)/aws4_request" }

    private var timestamp: String { amzTimestamp(date) }

    private var signingKey: SymmetricKey {
        var key = SymmetricKey(data: Data("AWS4\(credentials.secretAccessKey)".utf8))
        for part in [day, region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key))
        }
        return key
    }

    /// Lower-case names in order; the values of a repeated name are joined in the order they came.
    private func signedHeaders(_ request: UnsignedRequest) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for field in request.headers.fields {
            values[field.name.lowercased(), default: []].append(collapsed(field.value))
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }
}

/// The query as it is both sent and signed: encoded, ordered by encoded name, then encoded value.
func queryString(_ items: [(name: String, value: String)]) -> String {
    items.map { (percentEncoded($0.name), percentEncoded($0.value)) }
        .sorted { $0.0 == $1.0 ? precedes($0.1, $1.1) : precedes($0.0, $1.0) }
        .map { "\($0.0)=\($0.1)" }
        .joined(separator: "&")
}

/// Percent-encodes every byte of the UTF-8 but letters, digits, hyphen, underscore, dot and tilde.
func percentEncoded(_ text: String, keeping also: String = "") -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let kept = Set(also.utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
        if isUnreserved(byte) || kept.contains(byte) {
            out.append(byte)
        } else {
            out += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: out, as: UTF8.self)
}

/// `20260131T235959Z`.
func amzTimestamp(_ date: Date) -> String {
    let parts = utc.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
    func two(_ value: Int?) -> String { String((value ?? 0) + 100).suffix(2).description }
    let day = String((parts.year ?? 0) + 10_000).suffix(4) + two(parts.month) + two(parts.day)
    return "\(day)T\(two(parts.hour))\(two(parts.minute))\(two(parts.second))Z"
}

let utc: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
}()

private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 46, 95, 126: true
    default: false
    }
}

/// By bytes; `String`'s own order is Unicode's.
private func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}

private func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// No space at the ends, one between words.
private func collapsed(_ value: String) -> String {
    value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
}

/// RFC 3986 without `.`, `..` and empty segments.
private func normalised(_ path: String) -> String {
    var segments: [Substring] = []
    for segment in path.split(separator: "/") where segment != "." {
        if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
    }
    let joined = "/" + segments.joined(separator: "/")
    return path.hasSuffix("/") && joined != "/" ? joined + "/" : joined
}
