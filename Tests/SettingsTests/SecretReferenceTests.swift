import Core
import Settings
import Testing

@Suite struct SecretReferenceTests {
    private static let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:curfew/db-AbCdEf"

    @Test(arguments: [
        ("env:SMTP_PASSWORD", SecretReference.environment("SMTP_PASSWORD")),
        ("file:/run/secrets/smtp", .file("/run/secrets/smtp")),
        ("aws-secretsmanager:curfew/mail", .secretsManager(name: "curfew/mail", key: nil)),
        (
            "aws-secretsmanager:curfew/mail#pass word".replacing(" ", with: "-"),
            .secretsManager(name: "curfew/mail", key: "pass-word")
        ),
        ("aws-secretsmanager:\(arn)#url", .secretsManager(name: arn, key: "url")),
        ("aws-ssm:/curfew/ping", .parameter("/curfew/ping")),
        ("credential:smtp", .credential("smtp")),
    ])
    func `a reference is read, and written as it was`(text: String, reference: SecretReference) {
        #expect(SecretReference(text: text) == reference)
        #expect(reference.description == text)
    }

    @Test(arguments: [
        "", "env", "env:", "env:A-B", "env:1A", "env:Ä", "file:", "file:relative", "file:/", "file:/a\n/b", "File:/a",
        "aws-secretsmanager:", "aws-secretsmanager:#key", "aws-secretsmanager:a#", "aws-secretsmanager:a b",
        "aws-secretsmanager:arn:aws:ssm:eu-central-1:123456789012:parameter/x", "aws-secretsmanager:arn:aws:x",
        "aws-ssm:", "aws-ssm:a#b", "aws-ssm:arn:aws:ssm:evil.example/:123456789012:parameter/x",
        "credential:", "credential:..", "credential:../shadow", "vault:x", "hunter2", "postgresql://u:p@h/d",
    ])
    func `anything else is none`(text: String) {
        #expect(SecretReference(text: text) == nil)
    }

    @Test func `an ARN says its region`() {
        #expect(SecretReference(text: "aws-secretsmanager:\(Self.arn)")?.region == Region("eu-central-1"))
        let parameter = "aws-ssm:arn:aws-cn:ssm:cn-north-1:123456789012:parameter/curfew/ping"
        #expect(SecretReference(text: parameter)?.region == Region("cn-north-1"))
        #expect(SecretReference(text: "aws-ssm:/curfew/ping")?.region == nil)
    }

    @Test func `a database and an external id can be secrets`() throws {
        let read = try settings(
            """
            accounts: [{ id: "123456789012", role: "arn:aws:iam::123456789012:role/r", external_id_from: "env:EXT", regions: eu-west-1 }]
            database: { url_from: "aws-secretsmanager:curfew#url" }

            """
        )
        #expect(read.database == .secret(.secretsManager(name: "curfew", key: "url")))
        #expect(read.accounts.first?.externalIDFrom == .environment("EXT"))
        let given = try #require(read.accounts.first).having(externalID: "x")
        #expect(given.access == .role(arn: "arn:aws:iam::123456789012:role/r", externalID: "x", profile: nil))
    }

    @Test(arguments: [
        "accounts: [{ id: \"123456789012\", external_id_from: \"env:EXT\", regions: eu-west-1 }]",
        "accounts: [{ id: \"123456789012\", role: \"arn:aws:iam::123456789012:role/r\", external_id: a, external_id_from: \"env:EXT\", regions: eu-west-1 }]",
        "\(oneAccount)database: { url_from: \"postgresql://u:hunter2@h/d\" }",
        "\(oneAccount)database: { url_from: \"env:U\", url_env: U }",
    ])
    func `P17 they are refused where they mean nothing, and never shown`(text: String) {
        let found = problems(inSettings: text + "\n")
        #expect(found.count == 1)
        #expect(!found.joined().contains("hunter2"))
    }
}
