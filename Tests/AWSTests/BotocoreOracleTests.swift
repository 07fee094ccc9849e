import Curl
import Foundation
import Testing

@testable import AWS

/// A second opinion on signatures: AWS's own Python library signs the same requests.
@Suite struct BotocoreOracleTests {
    private struct Case: Codable {
        var method: String
        var url: String
        var headers: [String: String]
        var body: String
        var service: String
        var authorization = ""
    }

    private static let script = """
        import datetime, json, sys
        import botocore.auth, botocore.compat
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        moment = datetime.datetime(2026, 11, 1, 10, 0, 0, tzinfo=datetime.timezone.utc)
        if hasattr(botocore.auth, "get_current_datetime"):
            botocore.auth.get_current_datetime = lambda *a, **k: moment.replace(tzinfo=None)
        class Frozen(datetime.datetime):
            @classmethod
            def utcnow(cls): return moment.replace(tzinfo=None)
            @classmethod
            def now(cls, tz=None): return moment
        if hasattr(botocore.auth.datetime, "datetime"):
            botocore.auth.datetime.datetime = Frozen
        else:
            botocore.auth.datetime = Frozen
        cases = json.load(sys.stdin)
        for case in cases:
            signer = botocore.auth.S3SigV4Auth if case["service"] == "s3" else botocore.auth.SigV4Auth
            key = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI-EXAMPLEKEY", "a/session+token==")
            headers = {k: v for k, v in case["headers"].items()}
            request = AWSRequest(case["method"], case["url"], headers, case["body"].encode())
            request.context["payload_signing_enabled"] = True
            signer(key, case["service"], "eu-west-1").add_auth(request)
            case["authorization"] = request.headers["Authorization"]
        json.dump(cases, sys.stdout)
        """

    @Test func `botocore signs our requests as we do`() throws {
        guard let python = ProcessInfo.processInfo.environment["CURFEW_TEST_PYTHON"], !python.isEmpty else {
            print("SKIPPED: CURFEW_TEST_PYTHON names no Python with botocore")
            return
        }
        let key = Credentials(
            accessKeyID: "AKIDEXAMPLE",
            secretAccessKey: "wJalrXUtnFEMI-EXAMPLEKEY",
            sessionToken: "a/session+token=="
        )
        let date = try #require(awsDate("2026-11-01T10:00:00Z"))
        let contents: [(AWSService, AWSCall.Content)] = [
            (.cloudformation, .query([("StackName", exampleID), ("NextToken", "a b+c/ä*~='\"&")])),
            (.sts, .query([])),
            (.ecr, .json(Array(#"{"repositoryName":"ä"}"#.utf8))),
            (.s3, .bucket("things", query: [("versions", ""), ("max-keys", "1")])),
            (.s3, .bucket("my.things", query: [("prefix", "a b+c/ä*~"), ("versions", "")])),
            (.s3, .bucket("things", method: "POST", query: [("delete", "")], body: Array("<Delete>ä</Delete>".utf8))),
            (.s3, .bucket("things", method: "DELETE", key: "//a b/../ä+~", query: [("uploadId", "u/1")])),
            (.dynamodb, .json(Array(#"{"TableName":"t"}"#.utf8))), (.logs, .json(Array("{}".utf8))),
            (.cloudwatch, .query([("AlarmNames.member.1", "a b")])),
            (.lambda, .rest(path: "/2015-03-31/functions/arn%3Aaws%3Alambda%3Ax/configuration")),
            (.efs, .rest(path: "/2015-02-01/file-systems", query: [("FileSystemId", "fs-1")])),
        ]
        var ours: [String] = []
        var cases: [Case] = []
        for (service, content) in contents {
            let call = AWSCall(service: service, operation: "Op", region: "eu-west-1", content: content)
            let (unsigned, url) = call.request(at: try Endpoints().endpoint(for: service, region: "eu-west-1"))
            let signer = SigV4(credentials: key, region: "eu-west-1", service: service.signingName, date: date)
            ours.append(signer.sign(unsigned)["authorization"] ?? "")
            let headers = Dictionary(uniqueKeysWithValues: unsigned.headers.fields.map { ($0.name, $0.value) })
            let body = String(decoding: unsigned.body, as: UTF8.self)
            cases.append(
                Case(method: unsigned.method, url: url, headers: headers, body: body, service: service.signingName)
            )
        }
        let theirs = try botocore(python, cases)
        #expect(theirs.count == 12)
        for (mine, their) in zip(ours, theirs) { #expect(mine == their.authorization, "\(their.url)") }
    }

    private func botocore(_ python: String, _ cases: [Case]) throws -> [Case] {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", Self.script]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(try JSONEncoder().encode(cases))
        try input.fileHandleForWriting.close()
        return try JSONDecoder().decode([Case].self, from: output.fileHandleForReading.readDataToEndOfFile())
    }
}
