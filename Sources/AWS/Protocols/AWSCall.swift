import Crypto
import Curl
import Foundation

/// One call before it is sent: what to ask, how, and whether asking twice matters.
struct AWSCall: Sendable {
    let service: AWSService
    let operation: String
    let region: String
    let content: Content
    /// Something may be different afterwards: repeated only after what is known to pass, and as the same call.
    var changesSomething = false
    /// False: the caller proves who it is in the call's own parameters.
    var isSigned = true
    /// The signature's time; nil: the time of each attempt.
    var signedAt: Date?
    /// Nothing is sent later than this.
    var notAfter: ContinuousClock.Instant?

    enum Content: Sendable {
        /// AWS query: a POST form with `Action` and `Version`, XML back.
        case query([(name: String, value: String)])
        /// JSON 1.0 or 1.1: a POST with `X-Amz-Target`, JSON back.
        case json([UInt8])
        /// REST: a GET of a path that is already percent-encoded, JSON back.
        case rest(path: String, query: [(name: String, value: String)] = [])
        /// REST: a POST of JSON to a path that is already percent-encoded, JSON back.
        case restPost(path: String, body: [UInt8])
        /// S3: a bucket or, with a key, an object of it; XML there and back.
        case bucket(
            String,
            method: String = "GET",
            key: String? = nil,
            query: [(name: String, value: String)],
            body: [UInt8] = []
        )
    }

    /// The request for that endpoint, and the URL to send it to.
    func request(at endpoint: Endpoint) -> (unsigned: UnsignedRequest, url: String) {
        var authority = endpoint.authority
        var path = endpoint.pathPrefix.isEmpty ? "/" : endpoint.pathPrefix + "/"
        var headers = HTTPHeaders()
        var request = UnsignedRequest(method: "POST", path: "", headers: headers)
        switch content {
        case .query(let parameters):
            let form = [("Action", operation), ("Version", service.queryVersion)] + parameters
            headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            request.body = Array(formEncoded(form).utf8)
        case .json(let body):
            headers.add("Content-Type", "application/x-amz-json-\(service.jsonVersion)")
            headers.add("X-Amz-Target", "\(service.jsonTarget).\(operation)")
            request.body = body
        case .rest(let rest, let query):
            request.method = "GET"
            request.query = query
            path += rest.drop { $0 == "/" }
            // Not asked so, it answers HAL, in which lists stand elsewhere.
            if service == .apigateway { headers.add("Accept", "application/json") }
        case .restPost(let rest, let body):
            headers.add("Content-Type", "application/json")
            path += rest.drop { $0 == "/" }
            request.body = body
        case .bucket(let name, let method, let key, let query, let body):
            request.method = method
            request.query = query
            request.body = body
            // A bucket's name in the host name needs a certificate for it: none has one with a dot, and an override
            // knows nothing of buckets.
            if endpoint.isOverride || name.contains(".") {
                path += percentEncoded(name)
                if key != nil { path += "/" }
            } else {
                authority = "\(name).\(authority)"
            }
            if let key { path += percentEncoded(key, keeping: "/") }
            if !body.isEmpty {
                headers.add("Content-Type", "application/xml")
                // S3 wants a checksum where a body says what to delete.
                headers.add("x-amz-sdk-checksum-algorithm", "SHA256")
                headers.add("x-amz-checksum-sha256", Data(SHA256.hash(data: body)).base64EncodedString())
            }
        }
        headers.add("Host", authority)
        request.path = path
        request.headers = headers
        let query = request.query.isEmpty ? "" : "?" + queryString(request.query)
        return (request, "\(endpoint.scheme)://\(authority)\(path)\(query)")
    }
}

extension AWSCall {
    /// The same call as one that changes something, within its window.
    func changing(_ window: WriteWindow) -> AWSCall {
        var call = self
        call.changesSomething = true
        call.signedAt = window.signedAt
        call.notAfter = window.notAfter
        return call
    }
}

/// A space is `+`, as AWS's own tools send it.
private func formEncoded(_ items: [(String, String)]) -> String {
    let form = items.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
    return form.replacingOccurrences(of: "%20", with: "+")
}
