import Core
import Settings
import Testing

/// What templates say of schedules, in the shapes that SAM, CDK and the Serverless Framework leave in them.
@Suite struct TemplateSchedulesTests {
    private func schedules(_ resources: String) -> [TemplateSchedule]? {
        TemplateFile.schedules("Resources:\n" + resources.split(separator: "\n").map { "  \($0)\n" }.joined())
    }

    private let functions = """
        Api: { Type: "AWS::Lambda::Function" }
        Live: { Type: "AWS::Lambda::Alias", Properties: { FunctionName: !Ref Version, Name: live } }
        Version: { Type: "AWS::Lambda::Version", Properties: { FunctionName: !GetAtt Api.Arn } }
        Flow: { Type: "AWS::StepFunctions::StateMachine" }
        Inner: { Type: "AWS::CloudFormation::Stack" }

        """

    @Test(arguments: [
        "!GetAtt Api.Arn", "{ \"Fn::GetAtt\": [Api, Arn] }", "!Sub \"${Api.Arn}\"", "!Ref Live",
        "!GetAtt Live.AliasArn",
        "!Ref Version",
    ])
    func `a function is found by itself, its versions and its aliases`(arn: String) {
        let rule =
            "Warm: { Type: \"AWS::Events::Rule\", Properties: { ScheduleExpression: rate(5 minutes), Targets: [{ Arn: \(arn), Id: a }] } }"
        #expect(
            schedules(functions + rule) == [TemplateSchedule(logicalID: "Warm", functions: ["Api"], isOpen: false)]
        )
        let schedule =
            "Nightly: { Type: \"AWS::Scheduler::Schedule\", Properties: { ScheduleExpression: rate(1 day), Target: { Arn: \(arn) } } }"
        #expect(
            schedules(functions + schedule) == [
                TemplateSchedule(logicalID: "Nightly", functions: ["Api"], isOpen: false)
            ]
        )
    }

    @Test(arguments: [
        "!ImportValue other-api", "!Ref Parameter", "!Sub \"arn:aws:lambda:${AWS::Region}:1:function:x\"",
        "!Sub \"arn:${AWS::Partition}:lambda:${AWS::Region}:1:function:x\"", "!GetAtt Inner.Outputs.Api",
        "!If [A, !GetAtt Api.Arn, !GetAtt Other.Arn]", "!Sub \"${Any}\"",
    ])
    func `D3 a target that the template does not name may be any function`(arn: String) {
        let rule =
            "Warm: { Type: \"AWS::Events::Rule\", Properties: { ScheduleExpression: rate(5 minutes), Targets: [{ Arn: \(arn), Id: a }] } }"
        #expect(schedules(functions + rule) == [TemplateSchedule(logicalID: "Warm", functions: [], isOpen: true)])
    }

    @Test func `D3 a rule with a schedule that waits for events as well is no schedule of the environment's own`() {
        let both = """
            Both: { Type: "AWS::Events::Rule", Properties: { ScheduleExpression: rate(1 day), EventPattern: { source: [aws.s3] }, Targets: [{ Arn: !GetAtt Api.Arn, Id: a }] } }
            """
        #expect(schedules(functions + both) == [])
    }

    @Test func `what is no function is left out, and a rule that waits for events is no schedule`() {
        let rules = """
            Flows: { Type: "AWS::Events::Rule", Properties: { ScheduleExpression: rate(1 day), Targets: [{ Arn: !Ref Flow }, { Arn: !Sub "arn:${AWS::Partition}:sqs:eu-west-1:1:q" }] } }
            Events: { Type: "AWS::Events::Rule", Properties: { EventPattern: { source: [aws.s3] }, Targets: [{ Arn: !GetAtt Api.Arn }] } }
            """
        #expect(schedules(functions + rules) == [TemplateSchedule(logicalID: "Flows", functions: [], isOpen: false)])
        #expect(schedules("T: { Type: \"AWS::SNS::Topic\" }") == [])
        #expect(TemplateFile.schedules("no template") == nil)
    }
}
