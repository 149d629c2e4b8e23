using Sluice.Operator.Hosting;

NativeHeap.Share();
var command = new OperatorCommand(Environment.GetEnvironmentVariable, Console.Error, OperatorProcess.RunAsync);
return await command.InvokeAsync(args);
