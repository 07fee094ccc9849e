import Core
import Foundation
import Settings
import Testing

@Suite struct TemplateNeedsTests {
    private static let yaml = """
        Parameters:
          Word: { Type: String, NoEcho: true }
          Code: { Type: String, NoEcho: "true" }
          Open: { Type: String, NoEcho: false }
          Stage: { Type: String }
        Resources:
          Plain: { Type: AWS::S3::Bucket }
          Named: { Type: AWS::S3::Bucket, Properties: { BucketName: !Sub "files-${Stage}" } }
          Version: { Type: AWS::Lambda::Version, Properties: { FunctionName: fixed } }
          Topic:
            Type: AWS::SNS::Topic
            Properties:
              A: !ImportValue network-url
              B: !ImportValue { "Fn::Sub": "${Stage}-vpc" }
              C: { "Fn::ImportValue": !Join ["-", [!Ref Stage, "${!x}", !Ref AWS::Region]] }
              D: !Sub ["${Url}/x", { Url: !ImportValue deep }]
              E: { "Fn::ImportValue": { "Fn::Sub": ["${P}-${Q}", { P: !Ref Stage, Q: last }] } }
              F: { "Fn::ImportValue": { "Fn::Sub": "${Topic.TopicName}-x" } }
              G: { "Fn::ImportValue": { "Fn::Select": [0, [a]] } }
        """

    @Test func `secrets, imports and fixed names are found`() throws {
        let needs = try #require(TemplateFile.needs(Self.yaml))
        #expect(needs.secrets == ["Word", "Code"])
        #expect(needs.fixedNames == ["Named"])
        #expect(!needs.isTransformed)
        let target = Target(account: AccountID("111122223333"), region: Region("eu-west-1"))
        var values = TemplateNeeds.pseudoParameters(stack: "shop", in: target)
        // What depends on a value that is not known cannot be told.
        #expect(needs.imports(values: values) == ["network-url", "deep"])
        values["Stage"] = "a"
        #expect(needs.imports(values: values) == ["network-url", "a-vpc", "a-${!x}-eu-west-1", "deep", "a-last"])
    }

    @Test func `JSON says the same`() throws {
        let needs = try #require(
            TemplateFile.needs(
                """
                {"Transform": "AWS::Serverless-2016-10-31", "Parameters": {"P": {"Type": "String", "NoEcho": true}},
                 "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties":
                 {"X": {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-y"}}}}}}
                """
            )
        )
        #expect(needs.isTransformed && needs.secrets == ["P"])
        #expect(needs.imports(values: ["AWS::StackName": "s"]) == ["s-y"])
    }

    @Test func `what is no template needs nothing that could be said`() {
        #expect(TemplateFile.needs("no template") == nil)
        #expect(TemplateFile.needs("Resources: [") == nil)
    }
}
