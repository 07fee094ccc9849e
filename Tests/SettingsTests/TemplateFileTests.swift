import Core
import Foundation
import Settings
import Testing

@Suite struct TemplateFileTests {
    private static let yaml = """
        AWSTemplateFormatVersion: "2010-09-09"
        Resources:
          Kept: { Type: AWS::S3::Bucket, DeletionPolicy: Retain }
          New: { Type: AWS::S3::Bucket, DeletionPolicy: RetainExceptOnCreate }
          Files: { Type: "AWS::S3::Bucket" }
          Cluster: { Type: AWS::RDS::DBCluster }
          Member: { Type: AWS::RDS::DBInstance, Properties: { DBClusterIdentifier: !Ref Cluster } }
          Lonely: { Type: AWS::RDS::DBInstance }
          Dropped: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete }
          Disk: { Type: AWS::EC2::Volume, DeletionPolicy: Snapshot }
          Inside:
            Type: AWS::Lambda::Function
            Properties:
              VpcConfig: { SubnetIds: [!Ref A], SecurityGroupIds: [!GetAtt G.GroupId] }
          Listed:
            Type: AWS::Lambda::Function
            Properties: { VpcConfig: { SubnetIds: !Split [",", !ImportValue subnets] } }
          Outside: { Type: AWS::Lambda::Function, Properties: { VpcConfig: { SubnetIds: [] } } }
          Nothing: { Type: AWS::Lambda::Function, Properties: { VpcConfig: !Ref AWS::NoValue } }
          One: { Type: Custom::Seed, Properties: { ServiceToken: !GetAtt Seeder.Arn } }
          Two: { Type: Custom::Seed, Properties: { ServiceToken: { Fn::GetAtt: [Seeder, Arn] } } }
          Three: { Type: Custom::Seed, Properties: { ServiceToken: !ImportValue seeder } }
          Four: { Type: Custom::Seed, Properties: { ServiceToken: !Ref Token } }
          Five: { Type: Custom::Seed, Properties: { ServiceToken: !Sub "arn:aws:lambda:${AWS::Region}:1:function:f" } }
          Six: { Type: Custom::Seed, Properties: { ServiceToken: "arn:aws:lambda:eu-west-1:1:function:f" } }
          Seven: { Type: Custom::Seed, Properties: { ServiceToken: !Join ["", [a, b]] } }
        """

    @Test func `a template says what goes, what stays and what leaves a snapshot`() throws {
        let reading = try #require(TemplateFile.read(Self.yaml))
        #expect(!reading.isTransformed)
        let fates = ["Kept", "New", "Files", "Cluster", "Member", "Lonely", "Dropped", "Disk", "Unknown"].map(
            reading.fate
        )
        #expect(
            fates == [
                .stays, .stays, .goes, .leavesSnapshot, .goes, .leavesSnapshot, .goes, .leavesSnapshot, .goes,
            ]
        )
    }

    @Test func `functions in a VPC are known`() throws {
        let reading = try #require(TemplateFile.read(Self.yaml))
        let inside = reading.resources.filter(\.value.isInVPC).keys.sorted()
        #expect(inside == ["Inside", "Listed"])
    }

    @Test func `who answers for a custom resource is followed as far as it can be`() throws {
        let reading = try #require(TemplateFile.read(Self.yaml))
        let tokens = ["One", "Two", "Three", "Four", "Five", "Six", "Seven"].map { reading.resources[$0]?.serviceToken }
        #expect(
            tokens == [
                .attribute(of: "Seeder"), .attribute(of: "Seeder"), .importValue("seeder"), .reference("Token"),
                .literal("arn:aws:lambda:${AWS::Region}:1:function:f"),
                .literal("arn:aws:lambda:eu-west-1:1:function:f"), .unknown,
            ]
        )
    }

    @Test func `JSON says the same, tabs and all`() throws {
        let json = """
            {\t"Transform": "AWS::Serverless-2016-10-31",
            \t"Resources": {
            \t\t"B": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
            \t\t"C": {"Type": "Custom::X", "Properties": {"ServiceToken": {"Fn::GetAtt": ["F", "Arn"]}, "N": 1, "T": true}}
            \t}
            }
            """
        let reading = try #require(TemplateFile.read(json))
        #expect(reading.isTransformed)
        #expect(reading.fate(of: "B") == .stays)
        #expect(reading.resources["C"]?.serviceToken == .attribute(of: "F"))
    }

    @Test(arguments: ["", "{", "- a\n- b", "just words", "Resources: [", "Outputs: {}", "a: b\nRESOURCES: {}"])
    func `what cannot be understood is nil`(text: String) { #expect(TemplateFile.read(text) == nil) }

    @Test func `every template of the corpus is understood`() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let folder = tests.appendingPathComponent("../../../shared/corpus/templates").standardizedFileURL
        guard FileManager.default.fileExists(atPath: folder.path),
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        else {
            print("SKIPPED: no test data at ../shared/corpus/templates")
            return
        }
        var (read, all) = (0, 0)
        for case let file as URL in files where ["yaml", "yml", "json", "template"].contains(file.pathExtension) {
            guard let text = try? String(contentsOf: file, encoding: .utf8), text.contains("Resources") else {
                continue
            }
            all += 1
            if TemplateFile.read(text) == nil { print("not understood: \(file.lastPathComponent)") } else { read += 1 }
        }
        print("TemplateFileTests: understood \(read) of \(all) templates")
        #expect(read * 100 >= all * 95)
    }
}
