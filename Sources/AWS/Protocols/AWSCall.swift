import Curl
import Foundation

/// One call before it is sent: what to ask, how, and whether asking twice matters.
struct AWSCall: Sendable {
    let service: AWSService
    let operation: String
    let region: String
    let content: Content
    /// Something may be different afterwards; such a call needs a token that makes it the same call when repeated.
    var changesSomething = false
    /// The signature's time; nil: the time of each attempt.
    var signedAt: Date?
    /// Nothing is sent later than this.
    var notAfter: ContinuousClock.Instant?

    enum Content: Sendable {
        /// AWS query: a POST form with `Action` and `Version`, XML back.
        case query([(name: String, value: String)])
        /// JSON 1.1: a POST with `X-Amz-Target`, JSON back.
        case json(target: String, body: [UInt8])
        /// S3: a GET of a bucket with a query, XML back.
        case bucket(String, query: [(name: String, value: String)])
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
        case .json(let target, let body):
            headers.add("Content-Type", "application/x-amz-json-1.1")
            headers.add("X-Amz-Target", target)
            request.body = body
        case .bucket(let name, let query):
            request.method = "GET"
            request.query = query
            // A bucket's name in the host name needs a certificate for it: none has one with a dot, and an override
            // knows nothing of buckets.
            if endpoint.isOverride || name.contains(".") {
                path += percentEncoded(name)
            } else {
                authority = "\(name).\(authority)"
            }
        }
        headers.add("Host", authority)
        request.path = path
        request.headers = headers
        let query = request.query.isEmpty ? "" : "?" + queryString(request.query)
        return (request, "\(endpoint.scheme)://\(authority)\(path)\(query)")
    }
}

/// A space is `+`, as AWS's own tools send it.
private func formEncoded(_ items: [(String, String)]) -> String {
    let form = items.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
    return form.replacingOccurrences(of: "%20", with: "+")
}
