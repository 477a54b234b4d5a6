declare const htm: {
  bind<Node>(h: (type: any, props: any, ...children: any[]) => Node): (strings: TemplateStringsArray, ...values: any[]) => Node;
};
export default htm;
