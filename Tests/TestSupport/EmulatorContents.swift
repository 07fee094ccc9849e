import Curl
package import Foundation

/// What is in an emulator beside stacks, made by hand: objects, images, log groups.
package struct EmulatorContents: Sendable {
    private let url: String
    private let account: String
    private let region: String
    private let pool = HTTPPool(width: 2)

    package init(url: String, account: String, region: String) {
        self.url = url
        self.account = account
        self.region = region
    }

    package func makeBucket(_ name: String) async throws {
        let place = "<LocationConstraint>\(region)</LocationConstraint>"
        let body = "<CreateBucketConfiguration>\(place)</CreateBucketConfiguration>"
        try await ask("s3", method: "PUT", path: "/\(name)", body: body)
    }

    /// Another version, where the bucket keeps versions.
    package func put(_ text: String, as key: String, in bucket: String) async throws {
        try await ask("s3", method: "PUT", path: "/\(bucket)/\(key)", body: text)
    }

    /// A marker, where the bucket keeps versions.
    package func delete(_ key: String, in bucket: String) async throws {
        try await ask("s3", method: "DELETE", path: "/\(bucket)/\(key)")
    }

    package func makeLogGroup(_ name: String) async throws {
        try await ask("logs", target: "Logs_20140328.CreateLogGroup", body: #"{"logGroupName":"\#(name)"}"#)
    }

    /// The names of all log groups.
    package func logGroups() async throws -> [String] {
        struct Answer: Decodable {
            struct Group: Decodable { let logGroupName: String }
            let logGroups: [Group]
        }
        let body = try await ask("logs", target: "Logs_20140328.DescribeLogGroups", body: "{}")
        return try JSONDecoder().decode(Answer.self, from: Data(body)).logGroups.map(\.logGroupName)
    }

    /// One sum of a metric, at a moment.
    package func putMetric(
        _ namespace: String,
        _ name: String,
        _ dimensions: [String: String],
        _ value: Int,
        at date: Date
    ) async throws {
        let time = date.formatted(Date.ISO8601FormatStyle(timeZone: .gmt))
        var form = "Action=PutMetricData&Version=2010-08-01&Namespace=\(namespace)"
        form += "&MetricData.member.1.MetricName=\(name)&MetricData.member.1.Value=\(value)"
        form += "&MetricData.member.1.Timestamp=\(time)"
        for (number, dimension) in dimensions.sorted(by: { $0.key < $1.key }).enumerated() {
            let prefix = "MetricData.member.1.Dimensions.member.\(number + 1)"
            form += "&\(prefix).Name=\(dimension.key)&\(prefix).Value=\(dimension.value)"
        }
        try await ask("monitoring", body: form, kind: "application/x-www-form-urlencoded")
    }

    package func putImage(tagged tag: String, in repository: String) async throws {
        let kind = "application/vnd.docker.distribution.manifest.v2+json"
        let manifest = #"{\"schemaVersion\":2,\"mediaType\":\"\#(kind)\",\"config\":{\"digest\":\"\#(tag)\"}}"#
        try await ask(
            "ecr",
            target: "AmazonEC2ContainerRegistry_V20150921.PutImage",
            body: #"{"repositoryName":"\#(repository)","imageTag":"\#(tag)","imageManifest":"\#(manifest)"}"#
        )
    }

    @discardableResult
    private func ask(
        _ service: String,
        method: String = "POST",
        path: String = "/",
        target: String? = nil,
        body: String = "",
        kind: String? = nil
    ) async throws -> [UInt8] {
        let scope = "20260101/\(region)/\(service)/aws4_request"
        var headers = HTTPHeaders([
            ("Authorization", "AWS4-HMAC-SHA256 Credential=\(account)/\(scope), SignedHeaders=host, Signature=00")
        ])
        if let target {
            headers.add("X-Amz-Target", target)
            headers.add("Content-Type", "application/x-amz-json-1.1")
        }
        if let kind { headers.add("Content-Type", kind) }
        let response = try await pool.send(
            HTTPRequest(method: method, url: url + path, headers: headers, body: Array(body.utf8))
        )
        guard (200..<300).contains(response.status) else {
            let text = String(decoding: response.body, as: UTF8.self)
            throw EmulatorStacks.Refusal(description: "\(target ?? method + " " + path): \(response.status) \(text)")
        }
        return Array(response.body)
    }
}
