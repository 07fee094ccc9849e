import Core
import Curl
import Foundation
import TestSupport

@testable import AWS
@testable import Providers

let account = AccountID("123456789012")
let target = Target(account: account, region: Region("eu-central-1"))
let feature = ComponentID("arn:aws:cloudformation:eu-central-1:123456789012:stack/feature-x/1")
let other = ComponentID("arn:aws:cloudformation:eu-central-1:123456789012:stack/payments/1")

let key = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI-EXAMPLEKEY", sessionToken: nil)

func connecting(to url: String) -> AWSConnection {
    AWSConnection(
        endpoints: Endpoints(all: url),
        transport: HTTPPool(width: 2),
        retry: RetryPolicy(random: { 0 }, sleep: { _ in }),
        meter: CallMeter(),
        // Emulators load a service at its first call, which takes long on a busy machine.
        limits: TransferLimits(total: .seconds(240), slow: .seconds(240))
    )
}

func client(_ url: String, _ credentials: any CredentialProvider = key) -> AWSClient {
    AWSClient(credentials: credentials, connection: connecting(to: url))
}

/// Open for long enough, signed now.
func window(_ length: Duration = .seconds(600), signedAt: Date = Date()) -> CallWindow {
    CallWindow(signedAt: signedAt, notAfter: .now + length)
}

/// An error as S3 shapes it.
func bucketError(_ code: String, status: Int) -> ScriptedAnswer {
    ScriptedAnswer(status: status, body: "<Error><Code>\(code)</Code><Message>no</Message></Error>")
}
