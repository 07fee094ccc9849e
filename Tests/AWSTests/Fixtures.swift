import Curl
import Foundation
import Synchronization
import TestSupport

@testable import AWS

let exampleKey = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI-EXAMPLEKEY", sessionToken: nil)

/// A client of the scripted server whose retries do not sleep but are written down.
struct ScriptedClient {
    /// Kept as long as the client: it stops when nobody holds it.
    let server: ScriptedServer
    let connection: AWSConnection
    let client: AWSClient
    let meter = CallMeter()
    let sleeps = Sleeps()

    init(
        _ server: ScriptedServer,
        credentials: any CredentialProvider = exampleKey,
        limits: TransferLimits = TransferLimits(total: .seconds(5)),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.server = server
        let sleeps = self.sleeps
        let connection = AWSConnection(
            endpoints: Endpoints(all: server.url),
            transport: HTTPPool(width: 2),
            retry: RetryPolicy(random: { 0.5 }, sleep: { sleeps.add($0) }),
            meter: meter,
            limits: limits,
            now: now
        )
        self.connection = connection
        client = AWSClient(credentials: credentials, connection: connection)
    }

    var formation: CloudFormation { CloudFormation(client, region: "eu-central-1") }

    var deletion: CloudFormationDeletion { CloudFormationDeletion(client, region: "eu-central-1") }

    var tokens: SecurityTokens { SecurityTokens(client, region: "eu-central-1") }
}

final class Sleeps: Sendable {
    private let durations = Mutex<[Duration]>([])

    var all: [Duration] { durations.withLock { $0 } }

    func add(_ duration: Duration) { durations.withLock { $0.append(duration) } }
}

/// A query answer as AWS shapes it.
func answer(_ operation: String, _ result: String) -> ScriptedAnswer {
    let xml =
        "<\(operation)Response xmlns=\"http://x/\"><\(operation)Result>\(result)</\(operation)Result>"
        + "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></\(operation)Response>"
    return ScriptedAnswer(headers: [("Content-Type", "text/xml")], body: xml)
}

/// An error as the query protocol shapes it.
func failure(
    _ code: String,
    _ message: String = "no",
    status: Int = 400,
    headers: [(name: String, value: String)] = []
) -> ScriptedAnswer {
    let xml =
        "<ErrorResponse xmlns=\"http://x/\"><Error><Type>Sender</Type><Code>\(code)</Code>"
        + "<Message>\(message)</Message></Error><RequestId>r-2</RequestId></ErrorResponse>"
    return ScriptedAnswer(status: status, headers: headers, body: xml)
}

func stackXML(_ name: String, extra: String = "") -> String {
    "<member><StackId>arn:aws:cloudformation:eu-central-1:123456789012:stack/\(name)/1</StackId>"
        + "<StackName>\(name)</StackName><StackStatus>CREATE_COMPLETE</StackStatus>"
        + "<CreationTime>2026-11-01T10:00:00.250Z</CreationTime>\(extra)</member>"
}

let exampleID = "arn:aws:cloudformation:eu-central-1:123456789012:stack/feature-x/1"
