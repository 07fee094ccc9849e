import Foundation

/// What Curfew asks of SES, version 2 of its API.
package struct EmailService: Sendable {
    private let client: AWSClient
    private let region: String

    /// `client` must not repeat calls: SES knows no token by which it would tell a repetition from a second mail.
    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// The id that SES gave the message.
    ///
    /// One recipient, because one bad address refuses the whole message. SES writes a Message-ID and a Date of its own
    /// over those of the message.
    package func send(
        _ message: [UInt8],
        from sender: String,
        to recipient: String,
        window: WriteWindow = WriteWindow()
    ) async throws(AWSError) -> String {
        let question = SendEmail.Question(sender: sender, recipient: recipient, message: message)
        let answer: SendEmail.Answer = try await client.restPost(
            .email,
            "SendEmail",
            region: region,
            path: "/v2/email/outbound-emails",
            question,
            window: window
        )
        return answer.MessageId
    }
}

private enum SendEmail {
    // Names as they stand in the JSON.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    struct Question: Encodable {
        let FromEmailAddress: String
        let Destination: [String: [String]]
        let Content: [String: Raw]

        init(sender: String, recipient: String, message: [UInt8]) {
            FromEmailAddress = sender
            Destination = ["ToAddresses": [recipient]]
            Content = ["Raw": Raw(Data: Foundation.Data(message))]
        }

        // swift-format-ignore: AlwaysUseLowerCamelCase
        struct Raw: Encodable {
            /// Base64 in JSON.
            let Data: Foundation.Data
        }
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    struct Answer: Decodable {
        let MessageId: String
    }
}
